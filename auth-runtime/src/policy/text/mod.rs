//! Defines policies as owned values with a text form, which the launch log, the table and the lock
//! file show. One printer writes the form, and one parser reads it. Both share this grammar:
//!
//! ```text
//! policy    = "public" / "refuses everyone" / "requires_auth" / attribute *(" " attribute)
//! attribute = ("requires_" noun / "requires") "(" arguments *(", " flag) ")"
//! arguments = argument *(", " argument)
//! argument  = ("any" / "all") "(" arguments ")" / noun "(" argument ")" / leaf
//! noun      = "scope" / "permission" / "role" / "claim" / "auth"
//! flag      = "not_found" / "report_only"
//! leaf      = string                                          ; scope, permission, role
//!           / name " = " (string / integer / "true" / "false") ; claim
//!           / name " = " DQUOTE "<" parameter ">" DQUOTE       ; claim
//!           / "max_age = " integer / "acr = " string           ; auth
//!           / "sender_constrained"                            ; auth
//!           / expression / "`" escaped "`"                     ; a rule, in `requires`
//! ```

#[cfg(any(test, feature = "testing"))]
mod parse;
mod print;
mod rule;

use super::requirement::{Kind, Literal, Requirement};
use super::{Access, Policy};

/// A policy as an owned value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PolicyText {
    Public,
    Requires(Vec<Condition>),
    RefuseAll,
}

/// A requirement as an owned value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Condition {
    Scope(String),
    Permission(String),
    Role(String),
    Claim { name: String, value: ClaimValue },
    Owner { claim: String, parameter: String },
    MaxAge(u64),
    Acr(String),
    SenderConstrained,
    Rule(String),
    Any(Vec<Self>),
    All(Vec<Self>),
    NotFound(Vec<Self>),
    ReportOnly(Vec<Self>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ClaimValue {
    Text(String),
    Integer(i64),
    Bool(bool),
}

impl From<Policy> for PolicyText {
    fn from(policy: Policy) -> Self {
        match policy.0 {
            Access::Public => Self::Public,
            Access::Requires(requirements) => Self::Requires(conditions(requirements)),
            Access::RefuseAll => Self::RefuseAll,
        }
    }
}

impl From<&Requirement> for Condition {
    fn from(requirement: &Requirement) -> Self {
        match requirement.0 {
            Kind::Scope(scope) => Self::Scope(scope.to_owned()),
            Kind::Permission(permission) => Self::Permission(permission.to_owned()),
            Kind::Role(role) => Self::Role(role.to_owned()),
            Kind::Claim { name, value } => Self::Claim {
                name: name.to_owned(),
                value: match value {
                    Literal::Text(text) => ClaimValue::Text(text.to_owned()),
                    Literal::Integer(number) => ClaimValue::Integer(number),
                    Literal::Bool(flag) => ClaimValue::Bool(flag),
                },
            },
            Kind::Owner { claim, parameter } => Self::Owner {
                claim: claim.to_owned(),
                parameter: parameter.name.to_owned(),
            },
            Kind::MaxAge(seconds) => Self::MaxAge(seconds),
            Kind::Acr(classes) => Self::Acr(classes.to_owned()),
            Kind::SenderConstrained => Self::SenderConstrained,
            Kind::Custom(custom) => Self::Rule(custom.name.to_owned()),
            Kind::Any(inner) => Self::Any(conditions(inner)),
            Kind::All(inner) => Self::All(conditions(inner)),
            Kind::NotFound(inner) => Self::NotFound(conditions(inner)),
            Kind::ReportOnly(inner) => Self::ReportOnly(conditions(inner)),
        }
    }
}

fn conditions(requirements: &[Requirement]) -> Vec<Condition> {
    requirements.iter().map(Condition::from).collect()
}

/// The kind of an attribute, which decides which leaves it takes without a noun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Noun {
    Scope,
    Permission,
    Role,
    Claim,
    Auth,
    /// `requires`, which takes rules, and everything else with its noun.
    Any,
}

impl Noun {
    const ALL: [Self; 6] = [
        Self::Scope,
        Self::Permission,
        Self::Role,
        Self::Claim,
        Self::Auth,
        Self::Any,
    ];

    fn attribute(self) -> &'static str {
        match self {
            Self::Scope => "requires_scope",
            Self::Permission => "requires_permission",
            Self::Role => "requires_role",
            Self::Claim => "requires_claim",
            Self::Auth => "requires_auth",
            Self::Any => "requires",
        }
    }

    /// Returns the name that marks a leaf of this kind within another attribute. Rules are not
    /// marked.
    fn mark(self) -> Option<&'static str> {
        self.attribute().strip_prefix("requires_")
    }

    /// Returns the kind of all leaves of a condition, or `Any` if they differ.
    fn for_condition(condition: &Condition) -> Self {
        match condition {
            Condition::Scope(_) => Self::Scope,
            Condition::Permission(_) => Self::Permission,
            Condition::Role(_) => Self::Role,
            Condition::Claim { .. } | Condition::Owner { .. } => Self::Claim,
            Condition::MaxAge(_) | Condition::Acr(_) | Condition::SenderConstrained => Self::Auth,
            Condition::Rule(_) => Self::Any,
            Condition::Any(inner)
            | Condition::All(inner)
            | Condition::NotFound(inner)
            | Condition::ReportOnly(inner) => {
                let mut kinds = inner.iter().map(Self::for_condition);
                let first = kinds.next().unwrap_or(Self::Auth);
                if kinds.all(|kind| kind == first) {
                    first
                } else {
                    Self::Any
                }
            }
        }
    }
}

const SENDER_CONSTRAINED: &str = "sender_constrained";
const NOT_FOUND: &str = "not_found";
const REPORT_ONLY: &str = "report_only";

#[cfg(test)]
pub(crate) mod arbitrary;
#[cfg(test)]
mod tests;
