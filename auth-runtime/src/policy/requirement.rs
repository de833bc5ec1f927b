//! One thing asked of a caller. Constructors are called in constants alone, where a panic is a
//! compile error.

use std::any::Any;
use std::fmt;

use crate::token::scope::{are_scope_tokens, is_scope_token};

/// One thing asked of a caller beside a valid token.
#[derive(Clone, Copy, Debug)]
pub struct Requirement(pub(super) Kind);

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Scope(&'static str),
    Permission(&'static str),
    Role(&'static str),
    /// The claim has this value, or is a list that holds it.
    Claim {
        name: &'static str,
        value: Literal,
    },
    /// The claim is the value of this parameter of the route's path.
    Owner {
        claim: &'static str,
        parameter: &'static str,
    },
    /// RFC 9470: the login was at most so many seconds ago.
    MaxAge(u64),
    /// RFC 9470: the login was of one of these classes, which spaces separate.
    Acr(&'static str),
    Any(&'static [Requirement]),
    All(&'static [Requirement]),
    Custom(Custom),
    /// Answered with 404 where it is not met.
    NotFound(&'static [Requirement]),
    /// Logged and counted where it is not met, and the request passes.
    ReportOnly(&'static [Requirement]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    Text(&'static str),
    Integer(i64),
    Bool(bool),
}

/// A requirement of the application's own. What it is, the guard knows.
#[derive(Clone, Copy)]
pub(crate) struct Custom {
    /// Different from that of all others of the same policy.
    pub(crate) id: usize,
    /// As it stands in the attribute.
    pub(crate) name: &'static str,
    pub(crate) rule: &'static (dyn Any + Send + Sync),
}

/// Whether none of them asks the application, or is report-only.
pub(super) const fn are_plain(mut requirements: &[Requirement]) -> bool {
    while let [Requirement(first), rest @ ..] = requirements {
        let is_plain = match first {
            Kind::Custom(_) | Kind::ReportOnly(_) => false,
            Kind::Any(inner) | Kind::All(inner) | Kind::NotFound(inner) => are_plain(inner),
            _ => true,
        };
        if !is_plain {
            return false;
        }
        requirements = rest;
    }
    true
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Requirement {
    #[allow(clippy::panic)]
    #[track_caller]
    pub(crate) const fn scope(scope: &'static str) -> Self {
        assert!(
            is_scope_token(scope),
            "a scope is one or more printable ASCII characters without space, `\"` and `\\` (RFC 6749 §3.3)"
        );
        Self(Kind::Scope(scope))
    }

    #[allow(clippy::panic)]
    #[track_caller]
    pub(crate) const fn permission(permission: &'static str) -> Self {
        assert!(!permission.is_empty(), "a permission is not empty");
        Self(Kind::Permission(permission))
    }

    #[allow(clippy::panic)]
    #[track_caller]
    pub(crate) const fn role(role: &'static str) -> Self {
        assert!(!role.is_empty(), "a role is not empty");
        Self(Kind::Role(role))
    }

    pub(crate) const fn claim(name: &'static str, value: Literal) -> Self {
        Self(Kind::Claim { name, value })
    }

    pub(crate) const fn owner(claim: &'static str, parameter: &'static str) -> Self {
        Self(Kind::Owner { claim, parameter })
    }

    pub(crate) const fn max_age(seconds: u64) -> Self {
        Self(Kind::MaxAge(seconds))
    }

    #[allow(clippy::panic)]
    #[track_caller]
    pub(crate) const fn acr(classes: &'static str) -> Self {
        assert!(
            are_scope_tokens(classes),
            "authentication context classes are printable ASCII characters without `\"` and `\\`, separated by spaces"
        );
        Self(Kind::Acr(classes))
    }

    pub(crate) const fn any(alternatives: &'static [Self]) -> Self {
        Self(Kind::Any(alternatives))
    }

    pub(crate) const fn all(requirements: &'static [Self]) -> Self {
        Self(Kind::All(requirements))
    }

    pub(crate) const fn custom(
        id: usize,
        name: &'static str,
        rule: &'static (dyn Any + Send + Sync),
    ) -> Self {
        Self(Kind::Custom(Custom { id, name, rule }))
    }

    pub(crate) const fn not_found(requirements: &'static [Self]) -> Self {
        Self(Kind::NotFound(requirements))
    }

    pub(crate) const fn report_only(requirements: &'static [Self]) -> Self {
        Self(Kind::ReportOnly(requirements))
    }

    pub(super) fn collect_scopes(&self, scopes: &mut Vec<&'static str>) {
        match self.0 {
            Kind::Scope(scope) if !scopes.contains(&scope) => scopes.push(scope),
            Kind::Any(inner) | Kind::All(inner) | Kind::NotFound(inner) => {
                for one in inner {
                    one.collect_scopes(scopes);
                }
            }
            _ => {}
        }
    }
}
