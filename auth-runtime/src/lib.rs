//! auth-runtime (documentation to come)
#![cfg_attr(docsrs, feature(doc_cfg))]

mod catchers;
mod config;
mod error;
mod fairing;
mod guard;
#[cfg(feature = "issuer")]
#[cfg_attr(docsrs, doc(cfg(feature = "issuer")))]
pub mod issuer;
mod jwks;
mod policy;
mod scope;
mod token;
mod verify;

pub use auth_macros::{public, requires_auth, requires_scope, routes};
pub use error::AuthError;
pub use fairing::{Auth, AuthBuilder};
pub use guard::Authorized;
pub use policy::{Policy, Protected};
pub use token::{AccessToken, Claims};

/// What the attributes expand to. Not for use by hand: nothing here is covered by semantic
/// versioning.
#[doc(hidden)]
pub mod __private {
    pub use crate::policy::Requirement;
    use crate::policy::{Policy, Protected};

    pub const PUBLIC: Policy = Policy::PUBLIC;
    pub const REFUSE_ALL: Policy = Policy::REFUSE_ALL;

    pub const fn requires(requirements: &'static [Requirement]) -> Policy {
        Policy::requires(requirements)
    }

    pub const fn scope(scope: &'static str) -> Requirement {
        Requirement::scope(scope)
    }

    /// The bound that makes an undeclared route a compile error.
    pub const fn declared<R: Protected>() {}
}
