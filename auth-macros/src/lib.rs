//! The attributes of [`auth-runtime`], and its `routes!`.
//!
//! Depend on `auth-runtime`, which exports everything in this crate: what the macros expand to lives
//! there.
//!
//! An attribute stands above Rocket's route attribute and declares who may call the route:
//!
//! ```
//! # use auth_runtime::*;
//! # use rocket::{delete, get, post};
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
//! Set `AUTH_MACROS_DEBUG=1` in the environment of the build to have each expansion printed that it
//! makes anew.
//!
//! [`auth-runtime`]: https://docs.rs/auth-runtime

mod check;
mod diagnostics;
mod emit;
mod handoff;
mod model;
mod parse;
mod syntax;

use proc_macro::TokenStream;
use quote::quote;

use crate::emit::{mount, runtime};
use crate::handoff::Arguments;
use crate::syntax::attribute::Attr;
use crate::syntax::kind::Kind;

/// Declares that anyone may call the route, with or without a token.
///
/// Every route has to say who may call it; this attribute is how a route says that it needs no
/// token. It takes no arguments and stands above the route attribute.
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[public]
/// #[get("/ping")]
/// fn ping() -> &'static str {
///     "pong"
/// }
/// ```
///
/// It cannot be combined with a requirement:
///
/// ```compile_fail
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[public]
/// #[requires_auth] // error: either anyone may call the route, or a token is required
/// #[get("/ping")]
/// fn ping() {}
/// ```
///
/// # On a module
///
/// On `mod name { … }` it makes each route inside public; a route inside that requires something
/// does not compile. On a route or a module within one that requires something, it exempts from
/// that:
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_auth]
/// mod api {
/// #   use auth_runtime::public;
/// #   use rocket::get;
///     #[get("/me")]
///     pub fn me() {} // requires a token
///
///     #[public]
///     #[get("/ping")]
///     pub fn ping() {} // does not
/// }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn public(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::Public, args, item)
}

/// Requires a valid access token, and where that is asked for, a recent or strong login.
///
/// All other requirements imply it; both may be written. It stands above the route attribute, or on
/// a module (see [`macro@requires_scope`]).
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_auth]
/// #[get("/me")]
/// fn me(token: &AccessToken) -> String {
///     token.subject().unwrap_or_default().to_owned()
/// }
///
/// #[requires_auth(max_age = 300, acr = "urn:example:mfa urn:example:hardware")]
/// #[post("/transfers")]
/// fn transfer() {}
/// ```
///
/// - `max_age`: the most seconds since the caller has logged in, by the token's `auth_time`. A
///   positive integer.
/// - `acr`: the classes of login that are accepted, separated by spaces, of which the token's `acr`
///   has to be one. A string, or the path of a `&'static str` constant.
/// - `sender_constrained`: the token has to be bound to a key (RFC 7800), and the request has to prove
///   that the client has this key, for routes where a stolen token must be worthless. The launch stops
///   unless `dpop` or `mtls` is on.
///
/// Who does not meet them is asked to log in again, as RFC 9470 has it. They have no flags: how the
/// caller has logged in is never report-only.
///
/// ```compile_fail
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_auth(max_age = 0)] // error: no login is as recent as the request
/// #[get("/me")]
/// fn me() {}
/// ```
#[proc_macro_attribute]
pub fn requires_auth(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresAuth, args, item)
}

/// Requires a valid access token that carries all of the scopes named.
///
/// A scope is a string, or the path of a `&'static str` constant. What is not a `scope-token` of RFC
/// 6749, section 3.3 (printable ASCII without space, `"` and `\`) does not compile, and neither does
/// a scope that is required twice.
///
/// ```standalone_crate
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// # mod scopes { pub const READ_USERS: &str = "read:users"; pub const ADMIN: &str = "admin"; }
/// #[requires_scope("read:messages", scopes::READ_USERS)]
/// #[get("/messages")]
/// fn messages() -> &'static str {
///     "for holders of both"
/// }
/// # fn main() {}
/// ```
///
/// It stands above the route attribute. Below it, it would come too late, and does not compile:
///
/// ```compile_fail
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[get("/messages")]
/// #[requires_scope("read:messages")] // error: move it up
/// fn messages() {}
/// ```
///
/// What follows holds for all attributes that require something.
///
/// # One of several
///
/// The arguments of an attribute are all required, and so are attributes that stand above each
/// other: they are one policy, checked once. `any(…)` requires one of its arguments and `all(…)`
/// each, to any depth. There are no operators, as their precedence is easily misread:
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_scope("user", any("read", all("admin", "audit")))]
/// #[get("/messages")]
/// fn messages() {}
/// ```
///
/// ```compile_fail
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_scope("admin" || "user" && "read")] // error: write `any("admin", all("user", "read"))`
/// #[get("/log")]
/// fn log() {}
/// ```
///
/// # Flags
///
/// The last arguments may be flags, which hold for the whole attribute:
///
/// - `not_found`: who does not meet it is answered with 404 in place of 403, for what is a secret by
///   its existence.
/// - `report_only`: who does not meet it is let through, and logged. A token is required still.
///
/// A constant of one of these names is written with its path: `self::not_found`.
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_scope("read:drafts", not_found)]
/// #[get("/drafts/<id>")]
/// fn draft(id: u64) {}
/// ```
///
/// # On a module
///
/// On `mod name { … }` it is required by each route inside, in nested modules too, before what the
/// route requires of its own. [`macro@public`] on a route inside exempts it.
///
/// ```standalone_crate
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// # mod scopes { pub const READ_USERS: &str = "read:users"; pub const ADMIN: &str = "admin"; }
/// #[requires_scope(crate::scopes::ADMIN)]
/// mod admin {
/// #   use auth_runtime::requires_scope;
/// #   use rocket::{delete, get};
///     #[get("/users")]
///     pub fn users() {}
///
///     #[requires_scope("delete:users")]
///     #[delete("/users/<id>")]
///     pub fn delete(id: u64) {} // requires both
/// }
/// # fn main() {}
/// ```
///
/// What stands on a module is read again in each route inside, where a relative path means something
/// else; that does not compile:
///
/// ```compile_fail
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// # mod scopes { pub const READ_USERS: &str = "read:users"; pub const ADMIN: &str = "admin"; }
/// #[requires_scope(scopes::ADMIN)] // error: write `crate::…`
/// mod admin {
/// #   use rocket::get;
///     #[get("/users")]
///     pub fn users() {}
/// }
/// # fn main() {}
/// ```
///
/// A module without a route does not compile, and neither does one in another file (`mod name;`),
/// whose routes cannot be seen, a macro call inside the module, or a route within a function there. A
/// route whose route attribute was imported under another name is not seen either: what it says of
/// itself holds, and where it says nothing [`routes!`] does not take it.
#[proc_macro_attribute]
pub fn requires_scope(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresScope, args, item)
}

/// Requires a valid access token whose claim of permissions holds all of those named.
///
/// A permission is a string that is not empty, or the path of a `&'static str` constant. `any(…)`,
/// `all(…)`, flags and modules are those of [`macro@requires_scope`]. A scope of the same name does not
/// serve in its place.
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// # mod permissions { pub const ADMIN: &str = "admin"; }
/// #[requires_permission("read:messages", any(permissions::ADMIN, "audit"))]
/// #[get("/messages")]
/// fn messages() {}
/// ```
///
/// What names no permission does not compile:
///
/// ```compile_fail
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_permission()] // error: name the permissions that a token must carry
/// #[get("/messages")]
/// fn messages() {}
/// ```
#[proc_macro_attribute]
pub fn requires_permission(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresPermission, args, item)
}

/// Requires a valid access token whose claim of roles holds all of those named.
///
/// A role is a string that is not empty, or the path of a `&'static str` constant. `any(…)`, `all(…)`,
/// flags and modules are those of [`macro@requires_scope`].
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_role(any("admin", "owner"))]
/// #[get("/accounts")]
/// fn accounts() {}
/// ```
///
/// What names a role twice does not compile:
///
/// ```compile_fail
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_role("admin", "admin")] // error: duplicate role
/// #[get("/accounts")]
/// fn accounts() {}
/// ```
#[proc_macro_attribute]
pub fn requires_role(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresRole, args, item)
}

/// Requires a valid access token whose claims have all of these values.
///
/// The name of a claim is an identifier, or a string; one that begins with `/` is a JSON pointer
/// (RFC 6901) to a claim within a claim. The value is a string, an integer or a boolean. A claim that
/// is a list is met if it holds the value. `any(…)`, `all(…)`, flags and modules are those of
/// [`macro@requires_scope`].
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_claim(org_id = "acme", email_verified = true)]
/// #[requires_claim(any("https://example.com/tenant" = "acme", "/realm_access/level" = 5))]
/// #[get("/messages")]
/// fn messages() {}
/// ```
///
/// # Ownership
///
/// The value `"<name>"` is that of the route's own parameter: whoever calls this route for another
/// user is refused, before the handler and its other guards run. The claim is that one value: a list
/// is not searched.
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_claim(sub = "<user_id>", not_found)]
/// #[get("/users/<user_id>/settings")]
/// fn settings(user_id: &str) {}
/// ```
///
/// It must be one segment of the route's path. A name that the path lacks does not compile, and
/// neither does one of a trailing `<name..>` or of the query; a value that holds such a part beside
/// other text does not compile either:
///
/// ```compile_fail
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires_claim(sub = "<user>")] // error: the parameters in its path: `<user_id>`
/// #[get("/users/<user_id>/settings")]
/// fn settings(user_id: &str) {}
/// ```
///
/// On a module each route inside needs the parameter, or [`macro@public`].
#[proc_macro_attribute]
pub fn requires_claim(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresClaim, args, item)
}

/// Requires a valid access token that meets all of these rules of the application's own.
///
/// A rule is a path, a struct literal or a call, of a type that implements `auth_runtime::Rule`. Its
/// value is made when the program is compiled. `any(…)`, `all(…)`, flags and modules are those of
/// [`macro@requires_scope`].
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// # struct BusinessHours;
/// # #[rocket::async_trait]
/// # impl Rule for BusinessHours {
/// #     async fn allows(&self, _: &AccessToken, _: &rocket::Request<'_>) -> Result<bool, RuleError> {
/// #         Ok(true)
/// #     }
/// # }
/// # struct MemberOf { org: &'static str }
/// # #[rocket::async_trait]
/// # impl Rule for MemberOf {
/// #     async fn allows(&self, _: &AccessToken, _: &rocket::Request<'_>) -> Result<bool, RuleError> {
/// #         Ok(true)
/// #     }
/// # }
/// # impl MemberOf { const fn new(org: &'static str) -> Self { Self { org } } }
/// #[requires(BusinessHours, any(MemberOf::new("acme"), MemberOf { org: "other" }))]
/// #[get("/till")]
/// fn till() {}
/// ```
///
/// Beside rules it takes `scope(…)`, `permission(…)`, `role(…)` and `claim(…)`, with the arguments of the
/// attributes of those names, so that alternatives may be of any kind:
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// # struct BusinessHours;
/// # #[rocket::async_trait]
/// # impl Rule for BusinessHours {
/// #     async fn allows(&self, _: &AccessToken, _: &rocket::Request<'_>) -> Result<bool, RuleError> {
/// #         Ok(true)
/// #     }
/// # }
/// #[requires(any(scope("admin"), claim(sub = "<user_id>"), BusinessHours))]
/// #[get("/users/<user_id>")]
/// fn user(user_id: &str) {}
/// ```
///
/// A function of your own of such a name is written with its path.
///
/// A rule with a state that changes is a `static` of its own, for all routes that name it:
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// # struct RateLimit(u8);
/// # #[rocket::async_trait]
/// # impl Rule for RateLimit {
/// #     async fn allows(&self, _: &AccessToken, _: &rocket::Request<'_>) -> Result<bool, RuleError> {
/// #         Ok(true)
/// #     }
/// # }
/// # impl RateLimit { const fn new(most: u8) -> Self { Self(most) } }
/// static LIMIT: RateLimit = RateLimit::new(5);
///
/// #[requires(LIMIT)]
/// #[get("/report")]
/// fn report() {}
/// ```
///
/// What is no rule does not compile:
///
/// ```compile_fail
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// #[requires("read:messages")] // error: write `#[requires_scope("read:messages")]`
/// #[get("/messages")]
/// fn messages() {}
/// ```
#[proc_macro_attribute]
pub fn requires(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::Requires, args, item)
}

/// Rocket's `routes!` for routes that have declared who may call them.
///
/// It takes and returns what Rocket's does. A route with neither `#[public]` nor a requirement does
/// not compile; the error names the route.
///
/// ```
/// # use auth_runtime::*;
/// # use rocket::{delete, get, post};
/// # #[public]
/// # #[get("/ping")]
/// # fn ping() {}
/// # mod messages {
/// #     #[auth_runtime::requires_auth]
/// #     #[rocket::get("/messages")]
/// #     pub fn list() {}
/// # }
/// # let rocket =
/// rocket::build().mount("/", routes![ping, messages::list])
/// # ;
/// ```
///
/// It also names each route by the full path of its handler, by which its policy is found again.
#[proc_macro]
pub fn routes(paths: TokenStream) -> TokenStream {
    print(mount::routes(paths.into(), runtime::path()))
}

/// Protects routes that others define: `protect![ #![requires_auth] FileServer::from("static") ]`.
#[proc_macro]
pub fn protect(routes: TokenStream) -> TokenStream {
    print(mount::protect(routes.into(), runtime::path()))
}

/// Checks a scope of `scopes!`.
#[doc(hidden)]
#[proc_macro]
pub fn check_scope(scope: TokenStream) -> TokenStream {
    emit::scope(scope.into()).into()
}

fn attribute(kind: Kind, args: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = Arguments::read(args.into());
    if let Some(expansion) = arguments.expansion_of_merged() {
        return expansion.into();
    }
    let attr = Attr::expanded(kind, arguments);
    let item = item.into();
    print(match runtime::path() {
        Ok(runtime) => emit::expand(attr, item, &runtime),
        Err(error) => {
            let error = error.into_compile_error();
            quote!(#error #item)
        }
    })
}

/// Prints the expansion, if `AUTH_MACROS_DEBUG` is set.
fn print(tokens: proc_macro2::TokenStream) -> TokenStream {
    if std::env::var_os("AUTH_MACROS_DEBUG").is_some() {
        eprintln!("{tokens}\n");
    }
    tokens.into()
}
