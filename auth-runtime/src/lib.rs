//! Says on each route of a [Rocket] API who may call it, by the OAuth 2 / OpenID Connect access
//! token of the request.
//!
//! Tokens come from a provider such as Auth0, Okta, Keycloak, Entra ID or Cognito, and are verified
//! against the keys that it publishes. A route that does not say who may call it does not compile,
//! and a set-up that cannot work does not launch.
//!
//! ```no_run
//! use auth_runtime::{AccessToken, Auth, Claims, public, requires_auth, requires_scope, routes};
//! use rocket::{get, launch, serde::json::Json};
//!
//! #[public]
//! #[get("/ping")]
//! fn ping() -> &'static str {
//!     "All good. You don't need to be authenticated to call this"
//! }
//!
//! #[requires_auth]
//! #[get("/api/me")]
//! fn me(token: &AccessToken) -> Json<&Claims> {
//!     Json(token.claims())
//! }
//!
//! #[requires_scope("read:messages")]
//! #[get("/api/messages")]
//! fn messages() -> Json<Vec<&'static str>> {
//!     Json(vec!["Hello"])
//! }
//!
//! #[launch]
//! fn rocket() -> _ {
//!     rocket::build()
//!         .attach(Auth::fairing())
//!         .mount("/", routes![ping, me, messages])
//! }
//! ```
//!
//! Whose tokens are accepted is said in `Rocket.toml`, in `ROCKET_AUTH`, in `AUTH0_DOMAIN` and
//! `API_IDENTIFIER`, or in code:
//!
//! ```toml
//! [default.auth]
//! issuer = "https://tenant.eu.auth0.com/"
//! audience = "https://api.example.com"
//! ```
//!
//! # Where to read on
//!
//! The [guide] starts with [a protected API in five minutes](guide::getting_started) and has a chapter
//! on each subject. By item:
//!
//! - Who may call a route: [`public`], [`requires_auth`], [`requires_scope`], [`requires_permission`],
//!   [`requires_role`], [`requires_claim`] and [`requires`] for a [`Rule`] of your own; and [`routes!`],
//!   which takes no route without one of them.
//! - All of it as one table: [`Policies`]. A vocabulary of scopes: [`scopes!`].
//! - The caller, in a handler: [`AccessToken`] and its [`Claims`].
//! - What a refused request is answered with, catchers and guards of your own: [`AuthError`].
//! - Whether there are keys, for operators: [`Auth::status`].
//! - Configuration: [the chapter](guide::configuration) has every key, [`AuthBuilder`] sets them in code.
//! - Tests of your own routes, with real tokens: the modules `issuer` and `testing`.
//!
//! # Features
//!
//! None is on by default.
//!
//! - `issuer`: a local issuer for development and tests, which hands a token to whoever asks.
//!   It never starts by itself.
//! - `mtls`: client certificates of Rocket's own mutual TLS, for tokens that are bound to one.
//! - `redis`: state that the instances of an API share, kept in Redis.
//! - `testing`: helpers for your own tests, the policy lock file and the proof by refusal. Brings
//!   `issuer` along.
//!
//! [Rocket]: https://rocket.rs
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod binding;
mod clock;
mod config;
mod error;
mod fairing;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod guard;
// Only rustdoc reads it, and its examples need the feature `testing`.
#[doc(hidden)]
pub mod __private;
#[cfg(all(doc, any(not(doctest), feature = "testing")))]
pub mod guide;
mod http;
#[cfg(feature = "issuer")]
#[cfg_attr(docsrs, doc(cfg(feature = "issuer")))]
pub mod issuer;
mod jwks;
mod metadata;
mod policy;
mod reply;
mod routes;
mod store;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;
mod token;
mod verify;

pub use auth::{Auth, IssuerStatus};
pub use auth_macros::{
    protect, public, requires, requires_auth, requires_claim, requires_permission, requires_role,
    requires_scope, routes,
};
pub use config::{BindingMode, TokenType, UndeclaredRoutes};
pub use error::{AuthError, AuthErrorKind};
pub use fairing::{AuthBuilder, OneOrMany, TrustedIssuer};
pub use guard::{Authorized, OptionalToken, Rule, RuleError};
pub use policy::{Policy, Protected};
pub use routes::{Policies, RoutePolicy};
pub use token::{AccessToken, Claims};

/// The README's examples, compiled and run. `README.md` is a link to the one at the top of the
/// repository, and a copy of it in the published crate.
#[cfg(all(doctest, feature = "testing"))]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
