//! The requirements that attributes declare, as values.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{LitBool, LitInt, LitStr, Token};

use crate::syntax::kind::Kind;
use crate::syntax::route;
use crate::syntax::tokens::are_same;

/// A requirement, and the tokens that it was written as, which an error about it underlines.
pub(crate) struct Requirement {
    pub(crate) what: What,
    pub(crate) source: TokenStream,
}

pub(crate) enum What {
    Scope(Name),
    Permission(Name),
    Role(Name),
    Claim(Claim),
    MaxAge(Integer),
    Acr(Name),
    /// The token has to be bound to a key.
    SenderConstrained,
    /// A rule of the application. The source is an expression.
    Rule,
    /// At least one of these requirements.
    Any(Vec<Requirement>),
    All(Vec<Requirement>),
    /// All of these requirements of one kind: `scope(…)` and the like inside `#[requires(…)]`.
    OfKind(Kind, Vec<Requirement>),
    NotFound(Vec<Requirement>),
    ReportOnly(Vec<Requirement>),
}

/// A scope, a permission, a role, or a list of authentication classes.
pub(crate) enum Name {
    Literal(LitStr),
    /// The path of a `&'static str` constant.
    Constant(TokenStream),
}

pub(crate) struct Claim {
    pub(crate) name: LitStr,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    /// `<name>` is the value of that parameter of the route.
    Text(LitStr),
    Integer(Integer),
    Bool(LitBool),
}

pub(crate) struct Integer {
    pub(crate) minus: Option<Token![-]>,
    pub(crate) digits: LitInt,
}

impl Requirement {
    /// Creates the flag that applies to all of these requirements.
    pub(crate) fn flagged(flag: fn(Vec<Self>) -> What, requirements: Vec<Self>) -> Self {
        let sources = requirements.iter().map(|requirement| &requirement.source);
        Self {
            source: quote!(#(#sources),*),
            what: flag(requirements),
        }
    }

    /// Returns the requirements inside a group or a flag.
    pub(crate) fn inner(&self) -> &[Self] {
        match &self.what {
            What::Any(inner)
            | What::All(inner)
            | What::OfKind(_, inner)
            | What::NotFound(inner)
            | What::ReportOnly(inner) => inner,
            What::Scope(_)
            | What::Permission(_)
            | What::Role(_)
            | What::Claim(_)
            | What::MaxAge(_)
            | What::Acr(_)
            | What::SenderConstrained
            | What::Rule => &[],
        }
    }

    /// Returns whether it is an argument of `#[requires_auth]`.
    pub(crate) fn is_login(&self) -> bool {
        matches!(
            self.what,
            What::MaxAge(_) | What::Acr(_) | What::SenderConstrained
        )
    }

    /// Returns the noun for the requirement, or for those in the group.
    pub(crate) fn noun(&self) -> &'static str {
        match &self.what {
            What::Scope(_) => "scope",
            What::Permission(_) => "permission",
            What::Role(_) => "role",
            What::Claim(_) => "claim",
            What::MaxAge(_) => "`max_age`",
            What::Acr(_) => "`acr`",
            What::SenderConstrained => "`sender_constrained`",
            What::Rule => "rule",
            _ => self.inner().first().map_or("requirement", Self::noun),
        }
    }

    /// Returns whether both are the same requirement. A constant and a string are never the same,
    /// and neither are two constants in different notations.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Scope(first), What::Scope(second))
            | (What::Permission(first), What::Permission(second))
            | (What::Role(first), What::Role(second))
            | (What::Acr(first), What::Acr(second)) => first.is_same(second),
            (What::Claim(first), What::Claim(second)) => first.is_same(second),
            (What::MaxAge(first), What::MaxAge(second)) => first.is_same(second),
            (What::SenderConstrained, What::SenderConstrained) => true,
            (What::Rule, What::Rule) => are_same(&self.source, &other.source),
            (What::Any(first), What::Any(second))
            | (What::All(first), What::All(second))
            | (What::NotFound(first), What::NotFound(second))
            | (What::ReportOnly(first), What::ReportOnly(second)) => are_all_same(first, second),
            (What::OfKind(first_kind, first), What::OfKind(second_kind, second)) => {
                first_kind == second_kind && are_all_same(first, second)
            }
            _ => false,
        }
    }
}

fn are_all_same(first: &[Requirement], second: &[Requirement]) -> bool {
    let mut pairs = first.iter().zip(second);
    first.len() == second.len() && pairs.all(|(first, second)| first.is_same(second))
}

impl Name {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(first), Self::Literal(second)) => first.value() == second.value(),
            (Self::Constant(first), Self::Constant(second)) => are_same(first, second),
            _ => false,
        }
    }
}

impl Claim {
    /// Returns the parameter of the route that the claim has to equal.
    pub(crate) fn parameter(&self) -> Option<String> {
        let Value::Text(literal) = &self.value else {
            return None;
        };
        let value = literal.value();
        let name = value.strip_prefix('<')?.strip_suffix('>')?;
        route::is_name(name).then(|| name.to_owned())
    }

    fn is_same(&self, other: &Self) -> bool {
        let is_same_value = match (&self.value, &other.value) {
            (Value::Text(first), Value::Text(second)) => first.value() == second.value(),
            (Value::Integer(first), Value::Integer(second)) => first.is_same(second),
            (Value::Bool(first), Value::Bool(second)) => first.value == second.value,
            _ => false,
        };
        is_same_value && self.name.value() == other.name.value()
    }
}

impl Integer {
    /// Returns the value with its sign, if it fits into the type.
    pub(crate) fn value<T: std::str::FromStr>(&self) -> Option<T> {
        let minus = self.minus.map_or("", |_| "-");
        format!("{minus}{}", self.digits.base10_digits())
            .parse()
            .ok()
    }

    fn is_same(&self, other: &Self) -> bool {
        let is_same_sign = self.minus.is_some() == other.minus.is_some();
        is_same_sign && self.digits.base10_digits() == other.digits.base10_digits()
    }
}

impl ToTokens for Name {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Literal(literal) => literal.to_tokens(tokens),
            Self::Constant(path) => path.to_tokens(tokens),
        }
    }
}

impl ToTokens for Integer {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.minus.to_tokens(tokens);
        self.digits.to_tokens(tokens);
    }
}
