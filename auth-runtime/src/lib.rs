//! auth-runtime protects [Rocket] routes with OAuth 2 access tokens. An attribute above each route
//! says who may call it.
//!
//! A provider such as Auth0, Okta, Keycloak, Entra ID or Cognito issues the tokens, and auth-runtime
//! verifies them with the keys that the provider publishes. A route that does not say who may call it
//! does not compile or does not launch, and neither does a configuration that cannot work.
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
//! The configuration names the accepted issuer. It comes from `Rocket.toml`, from `ROCKET_AUTH`, from
//! `AUTH0_DOMAIN` and `API_IDENTIFIER`, or from code:
//!
//! ```toml
//! [default.auth]
//! issuer = "https://tenant.eu.auth0.com/"
//! audience = "https://api.example.com"
//! ```
//!
//! # Where to go next
//!
//! The [guide] starts with [a protected API in five minutes](guide::getting_started) and has a chapter
//! on each subject. By item:
//!
//! - Attributes that say who may call a route: [`public`], [`requires_auth`], [`requires_scope`],
//!   [`requires_permission`], [`requires_role`], [`requires_claim`], and [`requires`] with a [`Rule`]
//!   of the application. [`routes!`] accepts only routes with one of them, and [`protect!`] gives a
//!   policy to routes of other crates.
//! - [`Policies`] has the policies of all routes as a table. [`scopes!`] declares a vocabulary of scopes.
//! - [`AccessToken`] is the caller in a handler, with its [`Claims`].
//! - [`AuthError`] is a refusal, for catchers and guards of the application.
//! - [`Auth::status`] reports the keys, for operators.
//! - [`AuthBuilder`] sets configuration in code. [The chapter](guide::configuration) has every key.
//! - The modules `issuer` and `testing` help to test routes with real tokens.
//!
//! # Features
//!
//! No feature is on by default.
//!
//! - `check`: a report on what is wrong with a set-up (`Auth::check`), and scopes in the forms of
//!   providers.
//! - `console`: a page for developers that shows who may call what and calls the routes. It is served
//!   only in debug builds, and only to this machine.
//! - `issuer`: a local issuer for development and tests, which gives a token to anyone. It never
//!   starts unless the application starts it.
//! - `metrics`: counters, gauges and times for the recorder of the application, through the facade
//!   `metrics`. [The chapter](guide::operating#metrics) lists them.
//! - `mtls`: client certificates of Rocket's own mutual TLS, for tokens that are bound to one.
//! - `openapi`: the policies as the security part of an OpenAPI document.
//! - `redis`: state that the instances of an API share, kept in Redis.
//! - `testing`: helpers for the tests of an application, the policy lock file and the proof by refusal.
//!   It enables `issuer`.
//! - `tracing`: spans and events for the subscriber of the application.
//!   [The chapter](guide::operating#traces) lists them.
//!
//! [Rocket]: https://rocket.rs
#![cfg_attr(docsrs, feature(doc_cfg))]

// The attributes expand to paths that begin with this crate's name, and this crate has routes as
// well.
extern crate self as auth_runtime;

#[doc(hidden)]
pub mod __private;
mod auth;
mod binding;
#[cfg(feature = "check")]
mod check;
mod clock;
mod config;
#[cfg(feature = "console")]
mod console;
mod error;
mod fairing;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod guard;
// Only rustdoc needs the guide, and its examples need the feature `testing`.
#[cfg(all(doc, any(not(doctest), feature = "testing")))]
pub mod guide;
mod http;
mod introspect;
#[cfg(feature = "issuer")]
#[cfg_attr(docsrs, doc(cfg(feature = "issuer")))]
pub mod issuer;
mod jwks;
mod markdown;
mod metadata;
mod moment;
#[cfg(feature = "openapi")]
mod openapi;
mod policy;
mod reply;
mod revocation;
mod routes;
mod store;
mod telemetry;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;
mod token;
mod verify;

pub use auth::{Auth, Ended, IssuerStatus, RevocationError, Revocations};
pub use auth_macros::{
    protect, public, requires, requires_auth, requires_claim, requires_permission, requires_role,
    requires_scope, routes,
};
#[cfg(feature = "check")]
#[cfg_attr(docsrs, doc(cfg(feature = "check")))]
pub use check::{CheckReport, ScopeFormat};
pub use config::{BindingMode, TokenType, UndeclaredRoutes};
#[cfg(feature = "console")]
#[cfg_attr(docsrs, doc(cfg(feature = "console")))]
pub use console::Console;
pub use error::{AuthError, AuthErrorKind};
pub use fairing::{AuthBuilder, OneOrMany, ShadowRules, TrustedIssuer};
pub use guard::{Authorized, OptionalToken, Rule, RuleError};
#[cfg(feature = "openapi")]
#[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
pub use openapi::{OpenApiError, OpenApiSecurity};
pub use policy::{Policy, Protected, ScopeVocabulary};
pub use routes::{ApiScope, Policies, PolicyChange, PolicyDiff, PolicyVerdict, RoutePolicy};
pub use telemetry::{Decision, DecisionOutcome, ShadowCount};
pub use token::{AccessToken, Claims};

/// The README's examples, compiled and run. `README.md` is a link to the one at the top of the
/// repository, and a copy of it in the published crate.
#[cfg(all(doctest, feature = "testing"))]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
