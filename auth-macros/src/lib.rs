//! The attributes of [`auth-runtime`], and its `routes!`.
//!
//! Depend on `auth-runtime`, which exports everything in this crate: what the macros expand to lives
//! there.
//!
//! An attribute stands above Rocket's route attribute and declares who may call the route:
//!
// A macro crate cannot depend on the crate that its expansions use, so no example here can be
// compiled; those of `auth-runtime` are.
//! ```ignore
//! #[requires_scope("read:messages")]
//! #[get("/messages")]
//! fn messages() -> &'static str {
//!     "only for holders of a token with that scope"
//! }
//! ```
//!
//! It expands to the same handler with one more request guard, and to the route's policy as constant
//! data:
//!
//! ```ignore
//! #[get("/messages")]
//! fn messages(__auth_authorized: Authorized<messages>) -> &'static str {
//!     "only for holders of a token with that scope"
//! }
//!
//! impl Protected for messages {
//!     const POLICY: Policy = requires(&[scope("read:messages")]);
//! }
//! ```
//!
//! Set `AUTH_MACROS_DEBUG=1` in the environment of the build to have each expansion printed.
//!
//! [`auth-runtime`]: https://docs.rs/auth-runtime

mod attr;
mod diagnostics;
mod expand;
mod grammar;
mod item;
mod merge;
mod module;
mod policy;
mod requirement;
mod route;
mod routes;
mod runtime;
mod text;
mod valid;

use proc_macro::TokenStream;

use crate::attr::{Attr, Kind};

/// Declares that anyone may call the route, with or without a token.
///
/// Every route has to say who may call it; this attribute is how a route says that it needs no
/// token. It takes no arguments, cannot be combined with a requirement, and stands above the route
/// attribute.
///
/// ```ignore
/// #[public]
/// #[get("/ping")]
/// fn ping() -> &'static str {
///     "pong"
/// }
/// ```
#[proc_macro_attribute]
pub fn public(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::Public, args, item)
}

/// Requires a valid access token, whatever its scopes.
///
/// It takes no arguments and stands above the route attribute. `#[requires_scope]` implies it; both
/// may be written.
///
/// ```ignore
/// #[requires_auth]
/// #[get("/me")]
/// fn me(token: &AccessToken) -> String {
///     token.subject().to_owned()
/// }
/// ```
#[proc_macro_attribute]
pub fn requires_auth(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresAuth, args, item)
}

/// Requires a valid access token that carries all of the scopes named.
///
/// A scope is a string, or the path of a `&'static str` constant. Several stand separated by commas,
/// or in attributes of their own: stacked attributes are one policy, checked once. What is not a
/// `scope-token` of RFC 6749, section 3.3 (printable ASCII without space, `"` and `\`) does not
/// compile, and neither does a scope that is required twice.
///
/// ```ignore
/// #[requires_scope("read:messages", scopes::READ_USERS)]
/// #[get("/messages")]
/// fn messages() -> &'static str {
///     "for holders of both"
/// }
/// ```
///
/// It stands above the route attribute. Below it, it would come too late, and does not compile:
///
/// ```ignore
/// #[get("/messages")]
/// #[requires_scope("read:messages")] // error: move it up
/// fn messages() {}
/// ```
#[proc_macro_attribute]
pub fn requires_scope(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresScope, args, item)
}

/// TODO
#[proc_macro_attribute]
pub fn requires(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::Requires, args, item)
}

/// TODO
#[proc_macro_attribute]
pub fn requires_claim(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresClaim, args, item)
}

/// TODO
#[proc_macro_attribute]
pub fn requires_permission(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresPermission, args, item)
}

/// TODO
#[proc_macro_attribute]
pub fn requires_role(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresRole, args, item)
}

/// Rocket's `routes!` for routes that have declared who may call them.
///
/// It takes and returns what Rocket's does. A route with neither `#[public]` nor a requirement does
/// not compile; the error names the route.
///
/// ```ignore
/// rocket::build().mount("/", routes![ping, messages::list])
/// ```
#[proc_macro]
pub fn routes(paths: TokenStream) -> TokenStream {
    emit(routes::expand(&paths.into(), &runtime::path()))
}

fn attribute(kind: Kind, args: TokenStream, item: TokenStream) -> TokenStream {
    let args = args.into();
    if expand::is_trace(&args) {
        return TokenStream::new();
    }
    let attr = Attr::outermost(kind, args);
    emit(expand::expand(attr, &item.into(), &runtime::path()))
}

fn emit(tokens: proc_macro2::TokenStream) -> TokenStream {
    if std::env::var_os("AUTH_MACROS_DEBUG").is_some() {
        eprintln!("{tokens}\n");
    }
    tokens.into()
}
