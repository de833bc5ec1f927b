//! What a route asks of its caller, as constant data, and its evaluation. Knows tokens, but
//! nothing of how they were verified, nor of Rocket. Evaluation allocates nothing.

mod display;
mod evaluate;
mod hint;
#[cfg(feature = "testing")]
mod leaves;
mod requirement;
mod scopes;

pub(crate) use self::evaluate::{Answer, Denial, Facts, Verdict};
#[cfg(feature = "testing")]
pub(crate) use self::leaves::Leaf;
pub use self::requirement::Requirement;
pub(crate) use self::requirement::{Custom, Literal};
use crate::token::AccessToken;

/// What a route asks of its caller: the value of [`Protected::POLICY`].
///
/// Only the attributes make one. It is constant data: evaluating it allocates nothing. Its
/// `Display` reads like the attributes.
#[derive(Clone, Copy, Debug)]
pub struct Policy(Rule);

#[derive(Clone, Copy, Debug)]
enum Rule {
    Public,
    /// A valid token that meets all of these.
    Requires(&'static [Requirement]),
    /// Stands in where an attribute did not compile.
    RefuseAll,
}

/// A route that says who may call it. The attributes ([`public`](crate::public),
/// [`requires_auth`](crate::requires_auth), [`requires_scope`](crate::requires_scope) and so on)
/// implement it for the type that Rocket's route attribute makes of a handler.
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

    /// Whether to evaluate it twice in a request makes no difference but time: it asks no rule of
    /// the application, and reports nothing.
    pub(crate) const fn is_plain(self) -> bool {
        match self.0 {
            Rule::Requires(requirements) => requirement::are_plain(requirements),
            Rule::Public | Rule::RefuseAll => true,
        }
    }

    /// All that is required beside a valid token.
    pub(crate) const fn requirements(self) -> &'static [Requirement] {
        match self.0 {
            Rule::Requires(requirements) => requirements,
            Rule::Public | Rule::RefuseAll => &[],
        }
    }

    /// The scopes to name in the challenge of a 403: those of the route (RFC 6750 §3), if the token
    /// lacks one that would have helped.
    pub(crate) fn helpful_scopes(
        self,
        token: &AccessToken,
        facts: &mut impl Facts,
    ) -> Vec<&'static str> {
        let mut requirements = self.requirements().iter();
        let mut scopes = Vec::new();
        if !requirements.any(|one| one.wants_scope(token, facts)) {
            return scopes;
        }
        for requirement in self.requirements() {
            requirement.collect_scopes(&mut scopes);
        }
        scopes
    }
}
