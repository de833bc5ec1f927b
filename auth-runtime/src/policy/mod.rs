//! Defines what a route requires of its caller, as constant data, and evaluates it. This module knows
//! tokens, but not how they were verified, and not Rocket. Evaluation allocates only to display a
//! path parameter.

mod alternatives;
#[cfg(test)]
mod denial_tests;
mod evaluate;
#[cfg(test)]
mod evaluate_tests;
mod hint;
#[cfg(feature = "issuer")]
#[cfg_attr(
    not(feature = "testing"),
    expect(dead_code, reason = "the local issuer needs less than tests do")
)]
mod leaves;
#[cfg(feature = "console")]
mod reasons;
mod requirement;
mod scopes;
mod strength;
#[cfg(test)]
mod strength_tests;
#[cfg(any(feature = "check", feature = "console"))]
mod supposition;
mod text;

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{LazyLock, Mutex, PoisonError};

#[cfg(any(feature = "check", feature = "openapi"))]
pub(crate) use self::alternatives::needed_by_all;
#[cfg(feature = "openapi")]
pub(crate) use self::alternatives::{Leaves, alternatives};
pub(crate) use self::evaluate::{Answer, Denial, Facts, Verdict};
#[cfg(feature = "issuer")]
pub(crate) use self::leaves::Leaf;
#[cfg(feature = "console")]
pub(crate) use self::reasons::Lacking;
pub use self::requirement::Requirement;
pub(crate) use self::requirement::{Custom, Literal, Parameter};
pub use self::scopes::{DescribedScope, ScopeVocabulary};
pub(crate) use self::strength::Strength;
#[cfg(any(feature = "check", feature = "console"))]
pub(crate) use self::supposition::{Parameters, RequestSettings, Supposition};
#[cfg(feature = "openapi")]
pub(crate) use self::text::ClaimValue;
#[cfg(any(feature = "check", feature = "openapi"))]
pub(crate) use self::text::Condition;
pub(crate) use self::text::PolicyText;
#[cfg(test)]
pub(crate) use self::text::arbitrary;
use crate::token::AccessToken;

/// What a route requires of its caller: the value of [`Protected::POLICY`].
///
/// Only the attributes create a policy. It is constant data, compares by value, and its `Display`
/// reads like the attributes.
///
/// [Policies](crate::guide::policies) explains each attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy(Access);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Public,
    /// A valid token that meets all of these requirements.
    Requires(&'static [Requirement]),
    /// The policy of a route whose attributes did not compile.
    RefuseAll,
}

/// Two lists of requirements, by their addresses and lengths.
type Combination = [(usize, usize); 2];

/// The policies that combine two lists. Each combination is created once, because its memory is never
/// freed.
static COMBINED: LazyLock<Mutex<HashMap<Combination, Policy>>> = LazyLock::new(Mutex::default);

/// A route that says who may call it.
///
/// The attributes ([`public`](crate::public), [`requires_auth`](crate::requires_auth),
/// [`requires_scope`](crate::requires_scope) and so on) implement it for the type that Rocket's
/// route attribute creates from a handler.
///
/// An implementation by hand does not compile, so that no route can borrow the policy of another:
///
/// ```compile_fail
/// use auth_runtime::{Policy, Protected, public};
/// use rocket::get;
///
/// #[public]
/// #[get("/ping")]
/// fn ping() {}
///
/// struct Secret;
///
/// impl Protected for Secret {
///     const POLICY: Policy = <ping as Protected>::POLICY;
/// }
/// ```
///
/// [How it is enforced](crate::guide::policies#how-it-is-enforced) shows an expansion.
#[diagnostic::on_unimplemented(
    message = "the route `{Self}` does not declare who may call it",
    label = "no `#[public]`, `#[requires_auth]` or `#[requires_scope(\"…\")]` on this route",
    note = "write one of them above the route attribute of `{Self}`: `#[public]` lets anyone call it"
)]
pub trait Protected: 'static {
    /// Who may call the route.
    const POLICY: Policy;

    /// Prevents other implementations, which cannot name its type.
    #[doc(hidden)]
    const SEAL: Seal<Self>;
}

/// The proof that an attribute wrote an implementation of [`Protected`]. Its path is private.
#[doc(hidden)]
pub struct Seal<R: ?Sized>(PhantomData<fn() -> *const R>);

impl<R: ?Sized> Seal<R> {
    /// Creates the seal. Only the expansion of the attributes calls this.
    #[expect(clippy::new_without_default, reason = "only constants create it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<R: ?Sized> fmt::Debug for Seal<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

impl Policy {
    pub(crate) const PUBLIC: Self = Self(Access::Public);
    pub(crate) const REFUSE_ALL: Self = Self(Access::RefuseAll);

    pub(crate) const fn requires(requirements: &'static [Requirement]) -> Self {
        Self(Access::Requires(requirements))
    }

    /// Returns whether anyone may call the route, with or without a token.
    pub const fn is_public(self) -> bool {
        matches!(self.0, Access::Public)
    }

    /// Returns the requirements beyond a valid token.
    pub(crate) const fn requirements(self) -> &'static [Requirement] {
        match self.0 {
            Access::Requires(requirements) => requirements,
            Access::Public | Access::RefuseAll => &[],
        }
    }

    /// Returns this policy with more requirements before its own, each of them once. A public policy
    /// becomes one that requires them, because a list of routes never opens a route.
    ///
    /// Two rules count as equal if they read the same, although they may not be. So this policy is
    /// checked in addition to the one that the route checks itself, and never in its place.
    pub(crate) fn with_requirements_before(self, added: &'static [Requirement]) -> Self {
        let own = match self.0 {
            Access::RefuseAll => return self,
            Access::Public => &[],
            Access::Requires(own) => own,
        };
        let address = |list: &'static [Requirement]| (list.as_ptr().addr(), list.len());
        let mut combined = COMBINED.lock().unwrap_or_else(PoisonError::into_inner);
        *combined
            .entry([address(added), address(own)])
            .or_insert_with(|| {
                let mut requirements = added.to_vec();
                let others = own.iter().filter(|own| !added.contains(own));
                requirements.extend(others);
                Self::requires(requirements.leak())
            })
    }

    /// Returns whether the policy requires a token that is bound to a key.
    pub(crate) fn requires_bound_token(self) -> bool {
        self.requirements()
            .iter()
            .any(Requirement::requires_bound_token)
    }

    /// Returns the scopes that a client should request. Of alternatives, only the first counts.
    pub(crate) fn scopes_to_request(self) -> Vec<&'static str> {
        let mut scopes = Vec::new();
        for requirement in self.requirements() {
            requirement.collect_scopes_to_request(&mut scopes);
        }
        scopes
    }

    /// Returns every scope that the policy mentions.
    pub(crate) fn all_scopes(self) -> Vec<&'static str> {
        let mut scopes = Vec::new();
        for requirement in self.requirements() {
            requirement.collect_scopes(&mut scopes);
        }
        scopes
    }

    /// Returns the scopes that the challenge of a 403 names: all scopes of the route (RFC 6750 §3), if
    /// the token lacks one that would have helped.
    pub(crate) fn helpful_scopes(
        self,
        token: &AccessToken,
        facts: &mut impl Facts,
    ) -> Vec<&'static str> {
        let mut requirements = self.requirements().iter();
        if requirements.any(|requirement| requirement.wants_scope(token, facts)) {
            self.all_scopes()
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    static LIST: [Requirement; 1] = [Requirement::role("list")];
    static OUTER: [Requirement; 2] = [Requirement::role("outer"), Requirement::scope("own")];
    static OWN: [Requirement; 1] = [Requirement::scope("own")];

    #[test]
    fn two_lists_are_combined_once() {
        let nested = || {
            let inner = Policy::requires(&OWN).with_requirements_before(&LIST);
            inner.with_requirements_before(&OUTER)
        };
        let expected = [
            Requirement::role("outer"),
            Requirement::scope("own"),
            Requirement::role("list"),
        ];
        assert_eq!(nested().requirements(), expected);
        assert!(ptr::eq(nested().requirements(), nested().requirements()));
    }

    #[test]
    fn a_list_opens_no_route_and_closes_a_public_one() {
        let public = Policy::PUBLIC.with_requirements_before(&LIST);
        assert_eq!(public.requirements(), LIST);
        let refusing = Policy::REFUSE_ALL.with_requirements_before(&LIST);
        assert_eq!(refusing, Policy::REFUSE_ALL);
    }

    #[test]
    fn a_policy_requires_a_bound_token_if_a_requirement_at_any_depth_does() {
        const SCOPE: Requirement = Requirement::scope("own");
        const BOUND: Requirement = Requirement::sender_constrained();
        const GROUP: Requirement = Requirement::any(&[SCOPE, Requirement::all(&[SCOPE, BOUND])]);

        for (policy, expected) in [
            (Policy::PUBLIC, false),
            (Policy::requires(&[]), false),
            (Policy::requires(&[SCOPE]), false),
            (Policy::requires(&[SCOPE, BOUND]), true),
            (Policy::requires(&[GROUP]), true),
        ] {
            assert_eq!(policy.requires_bound_token(), expected, "{policy}");
        }
    }
}
