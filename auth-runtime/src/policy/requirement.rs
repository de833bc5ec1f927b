//! Defines the requirements of a policy. Their constructors only run in constants, where a panic is a
//! compile error.

use std::any::{Any, TypeId};
use std::fmt;
use std::ptr;

use crate::token::scope::{are_scope_tokens, is_scope_token};

/// One requirement beyond a valid token. Requirements compare by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement(pub(super) Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Scope(&'static str),
    Permission(&'static str),
    Role(&'static str),
    /// The claim has this value, or is a list that contains it.
    Claim {
        name: &'static str,
        value: Literal,
    },
    /// The claim equals this parameter of the route's path.
    Owner {
        claim: &'static str,
        parameter: Parameter,
    },
    /// The login is at most this many seconds old (RFC 9470).
    MaxAge(u64),
    /// The token is bound to a key, and the request proves that the client has the key.
    SenderConstrained,
    /// The login has one of these classes, which are separated by spaces (RFC 9470).
    Acr(&'static str),
    Any(&'static [Requirement]),
    All(&'static [Requirement]),
    Custom(Custom),
    /// These are answered with 404 if they are not met.
    NotFound(&'static [Requirement]),
    /// These are logged and counted if they are not met, and the request passes.
    ReportOnly(&'static [Requirement]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    Text(&'static str),
    Integer(i64),
    Bool(bool),
}

/// A parameter of the route's path.
#[derive(Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    /// Parses a decoded segment as the handler does, and displays the result. Returns `None` for a
    /// segment that the handler's type refuses.
    pub(crate) parse: fn(&str) -> Option<String>,
}

/// A requirement of the application, which only the guard can evaluate.
#[derive(Clone, Copy)]
pub(crate) struct Custom {
    /// The expression in the attribute.
    pub(crate) name: &'static str,
    pub(crate) rule: &'static (dyn Any + Send + Sync),
    /// Returns the type of the rule.
    pub(crate) type_of: fn(&(dyn Any + Send + Sync)) -> Option<TypeId>,
}

impl Custom {
    /// Returns a number that identifies this place in the source code, because each attribute has its
    /// own static.
    pub(crate) fn id(&self) -> usize {
        ptr::from_ref(self.rule).addr()
    }
}

/// Compares the type and the text of two rules, because their values cannot be compared.
impl PartialEq for Custom {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && (self.type_of)(self.rule) == (other.type_of)(other.rule)
    }
}

impl Eq for Custom {}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Parameter {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Parameter {}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.name)
    }
}

impl Requirement {
    #[track_caller]
    pub(crate) const fn scope(scope: &'static str) -> Self {
        assert!(
            is_scope_token(scope),
            "a scope consists of printable ASCII characters without space, `\"` and `\\` (RFC 6749 §3.3)"
        );
        Self(Kind::Scope(scope))
    }

    #[track_caller]
    pub(crate) const fn permission(permission: &'static str) -> Self {
        assert!(!permission.is_empty(), "a permission must not be empty");
        Self(Kind::Permission(permission))
    }

    #[track_caller]
    pub(crate) const fn role(role: &'static str) -> Self {
        assert!(!role.is_empty(), "a role must not be empty");
        Self(Kind::Role(role))
    }

    pub(crate) const fn claim(name: &'static str, value: Literal) -> Self {
        Self(Kind::Claim { name, value })
    }

    pub(crate) const fn owner(claim: &'static str, parameter: Parameter) -> Self {
        Self(Kind::Owner { claim, parameter })
    }

    pub(crate) const fn sender_constrained() -> Self {
        Self(Kind::SenderConstrained)
    }

    pub(crate) const fn max_age(seconds: u64) -> Self {
        Self(Kind::MaxAge(seconds))
    }

    #[track_caller]
    pub(crate) const fn acr(classes: &'static str) -> Self {
        assert!(
            are_scope_tokens(classes),
            "authentication context classes consist of printable ASCII characters without `\"` and `\\`, and are separated by spaces"
        );
        Self(Kind::Acr(classes))
    }

    pub(crate) const fn any(alternatives: &'static [Self]) -> Self {
        Self(Kind::Any(alternatives))
    }

    pub(crate) const fn all(requirements: &'static [Self]) -> Self {
        Self(Kind::All(requirements))
    }

    pub(crate) const fn custom(custom: Custom) -> Self {
        Self(Kind::Custom(custom))
    }

    pub(crate) const fn not_found(requirements: &'static [Self]) -> Self {
        Self(Kind::NotFound(requirements))
    }

    pub(crate) const fn report_only(requirements: &'static [Self]) -> Self {
        Self(Kind::ReportOnly(requirements))
    }

    pub(super) fn requires_bound_token(&self) -> bool {
        match self.0 {
            Kind::SenderConstrained => true,
            Kind::Any(inner)
            | Kind::All(inner)
            | Kind::NotFound(inner)
            | Kind::ReportOnly(inner) => inner.iter().any(Self::requires_bound_token),
            _ => false,
        }
    }

    /// Collects the scopes that meet this requirement. Of alternatives, only the first counts.
    pub(super) fn collect_scopes_to_request(&self, scopes: &mut Vec<&'static str>) {
        match self.0 {
            Kind::Any([first, ..]) => first.collect_scopes_to_request(scopes),
            Kind::All(inner) | Kind::NotFound(inner) => {
                for requirement in inner {
                    requirement.collect_scopes_to_request(scopes);
                }
            }
            _ => self.collect_scopes(scopes),
        }
    }

    /// Collects the scopes that the challenge names, each once. A report-only requirement has none.
    pub(super) fn collect_scopes(&self, scopes: &mut Vec<&'static str>) {
        match self.0 {
            Kind::Scope(scope) if !scopes.contains(&scope) => scopes.push(scope),
            Kind::Any(inner) | Kind::All(inner) | Kind::NotFound(inner) => {
                for requirement in inner {
                    requirement.collect_scopes(scopes);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(name: &'static str, rule: &'static (dyn Any + Send + Sync)) -> Custom {
        let type_of = |rule: &(dyn Any + Send + Sync)| Some(rule.type_id());
        Custom {
            name,
            rule,
            type_of,
        }
    }

    #[test]
    fn rules_are_equal_if_their_text_and_type_are_and_each_place_has_its_own_id() {
        static FIRST: u8 = 1;
        static SECOND: u8 = 2;
        let first = custom("A", &FIRST);
        assert_eq!(first, custom("A", &SECOND));
        assert_ne!(first, custom("B", &FIRST));
        assert_ne!(first, custom("A", &'a'));
        assert_eq!(first.id(), custom("B", &FIRST).id());
        assert_ne!(first.id(), custom("A", &SECOND).id());
    }

    #[test]
    fn owners_are_equal_if_their_claims_and_parameters_have_the_same_names() {
        let owner = |claim, name| {
            let parse = |segment: &str| Some(segment.to_owned());
            Requirement::owner(claim, Parameter { name, parse })
        };
        assert_eq!(owner("sub", "id"), owner("sub", "id"));
        assert_ne!(owner("sub", "id"), owner("sub", "other"));
        assert_ne!(owner("sub", "id"), owner("other", "id"));
    }
}
