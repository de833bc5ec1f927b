//! What a route asks of its caller, as constant data, and its evaluation. Knows tokens, but
//! nothing of how they were verified, nor of Rocket. Evaluation allocates nothing.

use std::fmt;

use crate::scope::is_scope_token;
use crate::token::AccessToken;

/// What a route asks of its caller: the value of [`Protected::POLICY`].
///
/// Only the attributes make one. Its `Display` reads like them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy(Rule);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Public,
    /// A valid token that meets all of these.
    Requires(&'static [Requirement]),
    /// Stands in where an attribute did not compile.
    RefuseAll,
}

/// A route that says who may call it. The attributes [`public`](crate::public),
/// [`requires_auth`](crate::requires_auth) and [`requires_scope`](crate::requires_scope) implement
/// it for the type that Rocket's route attribute makes of a handler.
#[diagnostic::on_unimplemented(
    message = "the route `{Self}` does not declare who may call it",
    label = "no `#[public]`, `#[requires_auth]` or `#[requires_scope(\"…\")]` on this route",
    note = "write one of them above the route attribute of `{Self}`: `#[public]` lets anyone call it"
)]
pub trait Protected: 'static {
    /// Who may call the route.
    const POLICY: Policy;
}

impl Policy {
    pub(crate) const PUBLIC: Self = Self(Rule::Public);
    pub(crate) const REFUSE_ALL: Self = Self(Rule::RefuseAll);

    pub(crate) const fn requires(requirements: &'static [Requirement]) -> Self {
        Self(Rule::Requires(requirements))
    }

    /// Whether anyone may call the route, with or without a token.
    pub const fn is_public(self) -> bool {
        matches!(self.0, Rule::Public)
    }

    /// Whether this verified token meets every requirement.
    pub(crate) fn allows(self, token: &AccessToken) -> bool {
        match self.0 {
            Rule::Public => true,
            Rule::Requires(requirements) => requirements.iter().all(|one| one.is_met_by(token)),
            Rule::RefuseAll => false,
        }
    }

    /// The scopes that the route names, for the challenge of a 403.
    pub(crate) fn scopes(self) -> impl Iterator<Item = &'static str> {
        let requirements = match self.0 {
            Rule::Requires(requirements) => requirements,
            Rule::Public | Rule::RefuseAll => &[],
        };
        requirements
            .iter()
            .map(|Requirement(Kind::Scope(scope))| *scope)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Rule::Public => f.write_str("public"),
            Rule::RefuseAll => f.write_str("refuses everyone"),
            Rule::Requires([]) => f.write_str("requires_auth"),
            Rule::Requires(_) => {
                f.write_str("requires_scope(")?;
                for (index, scope) in self.scopes().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}\"{scope}\"")?;
                }
                f.write_str(")")
            }
        }
    }
}

/// One thing asked of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Scope(&'static str),
}

impl Requirement {
    /// Called in constants only, where the panic is a compile error.
    #[allow(clippy::panic)]
    pub(crate) const fn scope(scope: &'static str) -> Self {
        assert!(
            is_scope_token(scope),
            "a scope is one or more printable ASCII characters without space, `\"` and `\\` (RFC 6749 §3.3)"
        );
        Self(Kind::Scope(scope))
    }

    fn is_met_by(self, token: &AccessToken) -> bool {
        match self.0 {
            Kind::Scope(scope) => token.has_scope(scope),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_reads_like_its_attribute() {
        const SCOPES: &[Requirement] = &[Requirement::scope("a"), Requirement::scope("b")];
        assert_eq!(Policy::PUBLIC.to_string(), "public");
        assert_eq!(Policy::requires(&[]).to_string(), "requires_auth");
        assert_eq!(
            Policy::requires(SCOPES).to_string(),
            r#"requires_scope("a", "b")"#
        );
    }
}
