//! What the attributes ask for, as it was written.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Expr, LitBool, LitInt, LitStr, Path, Token};

use crate::attr::Kind;
use crate::{route, text};

pub(crate) enum Requirement {
    Scope(Text),
    Permission(Text),
    Role(Text),
    Claim(Claim),
    MaxAge(Integer),
    Acr(Text),
    Rule(Expr),
    /// One of them is enough. The tokens are what was written.
    Any(TokenStream, Vec<Self>),
    /// Each of them.
    All(TokenStream, Vec<Self>),
    /// Each of them, and all of this kind: `scope(…)` and the like in `#[requires(…)]`.
    OfKind(TokenStream, Kind, Vec<Self>),
    NotFound(Vec<Self>),
    ReportOnly(Vec<Self>),
}

#[derive(Clone)]
pub(crate) enum Text {
    Literal(LitStr),
    /// The path of a `&'static str` constant.
    Constant(Path),
}

pub(crate) struct Claim {
    pub(crate) name: LitStr,
    pub(crate) value: Value,
    /// As it was written.
    pub(crate) source: TokenStream,
}

pub(crate) enum Value {
    /// Where it reads `<name>`, the value of that parameter of the route.
    Text(LitStr),
    Integer(Integer),
    Bool(LitBool),
}

pub(crate) struct Integer {
    pub(crate) minus: Option<Token![-]>,
    pub(crate) digits: LitInt,
}

impl Requirement {
    /// What it is about, or what those in the group are.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::Scope(_) => "scope",
            Self::Permission(_) => "permission",
            Self::Role(_) => "role",
            Self::Claim(_) => "claim",
            Self::MaxAge(_) => "`max_age`",
            Self::Acr(_) => "`acr`",
            Self::Rule(_) => "rule",
            Self::Any(_, inner)
            | Self::All(_, inner)
            | Self::OfKind(_, _, inner)
            | Self::NotFound(inner)
            | Self::ReportOnly(inner) => inner.first().map_or("requirement", Self::noun),
        }
    }

    /// The same for two of one noun that ask for the same; a constant and a string are two things.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Scope(value) | Self::Permission(value) | Self::Role(value) => value.text(),
            Self::Claim(claim) => claim.text(),
            Self::MaxAge(seconds) => format!("max_age = {}", seconds.digits.base10_digits()),
            Self::Acr(classes) => format!("acr = {}", classes.text()),
            Self::Rule(rule) => text::of(&rule.to_token_stream()),
            Self::Any(_, alternatives) => format!("any({})", texts(alternatives)),
            Self::All(_, requirements) => format!("all({})", texts(requirements)),
            Self::OfKind(_, kind, requirements) => {
                format!("{}({})", kind.noun(), texts(requirements))
            }
            Self::NotFound(requirements) => format!("{}, not_found", texts(requirements)),
            Self::ReportOnly(requirements) => format!("{}, report_only", texts(requirements)),
        }
    }
}

fn texts(requirements: &[Requirement]) -> String {
    let texts: Vec<_> = requirements.iter().map(Requirement::text).collect();
    texts.join(", ")
}

impl Text {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Literal(literal) => format!("{:?}", literal.value()),
            Self::Constant(path) => text::of(&path.to_token_stream()),
        }
    }
}

impl Claim {
    /// The parameter of the route that the claim equals.
    pub(crate) fn parameter(&self) -> Option<String> {
        let Value::Text(literal) = &self.value else {
            return None;
        };
        let value = literal.value();
        let name = value.strip_prefix('<')?.strip_suffix('>')?;
        route::is_name(name).then(|| name.to_owned())
    }

    fn text(&self) -> String {
        let value = match &self.value {
            Value::Text(literal) => format!("{:?}", literal.value()),
            Value::Integer(integer) => {
                let minus = integer.minus.map_or("", |_| "-");
                format!("{minus}{}", integer.digits.base10_digits())
            }
            Value::Bool(literal) => literal.value.to_string(),
        };
        format!("{} = {value}", self.name.value())
    }
}

impl Parse for Text {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            return match literal.suffix() {
                "" => Ok(Self::Literal(literal)),
                _ => Err(input.error("suffix")),
            };
        }
        input.call(Path::parse_mod_style).map(Self::Constant)
    }
}

impl ToTokens for Text {
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

/// As it was written, flags apart.
impl ToTokens for Requirement {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Scope(value) | Self::Permission(value) | Self::Role(value) => {
                value.to_tokens(tokens);
            }
            Self::Claim(claim) => claim.source.to_tokens(tokens),
            Self::MaxAge(seconds) => seconds.to_tokens(tokens),
            Self::Acr(classes) => classes.to_tokens(tokens),
            Self::Rule(rule) => rule.to_tokens(tokens),
            Self::Any(source, _) | Self::All(source, _) | Self::OfKind(source, _, _) => {
                source.to_tokens(tokens);
            }
            Self::NotFound(inner) | Self::ReportOnly(inner) => tokens.extend(quote!(#(#inner),*)),
        }
    }
}
