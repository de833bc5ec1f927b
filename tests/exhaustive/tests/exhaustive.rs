//! Launches generated routes of every form, and calls each with every combination of two scopes, a
//! permission, a role and a claim, and for both an owned and a foreign parameter. Each reply has to be the one
//! that follows from the text of the attributes. What evaluates the text shares no code with the library.
//!
//! `run.sh` makes 2,000 routes in about 400 lists, and about 95,000 calls. A plain `cargo test` makes 60
//! routes, because thousands take minutes to compile.

#![expect(
    missing_docs,
    reason = "generated attributes name these constants and rules by their paths"
)]

#[path = "exhaustive/written.rs"]
#[expect(
    clippy::panic,
    reason = "text that it does not know is a mistake of the generator"
)]
mod written;

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{AccessToken, Auth, AuthError, BindingMode, Rule, RuleError};
use rocket::Request;
use rocket::http::{ContentType, Header};
use rocket::local::asynchronous::Client;
use rocket::request::{FromRequest, Outcome};

use self::written::{Caller, Grants, Written};

/// What the generated attributes name.
pub mod words {
    pub const B: &str = "b";
    pub const R: &str = "r";
}
pub const A: &str = "a";
pub const P: &str = "p";

/// Allows callers with the role `r`.
pub struct HasRole;

#[rocket::async_trait]
impl Rule for HasRole {
    async fn allows(&self, token: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(token.has_role("r"))
    }
}

pub struct Fixed(pub bool);

impl Fixed {
    pub const NO: Self = Self(false);
}

#[rocket::async_trait]
impl Rule for Fixed {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(self.0)
    }
}

/// Allows callers with this scope.
pub struct HasScope {
    pub name: &'static str,
}

#[rocket::async_trait]
impl Rule for HasScope {
    async fn allows(&self, token: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(token.has_scope(self.name))
    }
}

/// A guard that refuses everyone. Handlers take an `Option` of it.
pub struct RefusesAll;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for RefusesAll {
    type Error = AuthError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthError> {
        AuthError::from(auth_runtime::AuthErrorKind::Forbidden).into_outcome(request)
    }
}

#[macro_export]
macro_rules! tokens {
    ($($token:tt)*) => { $($token)* };
}

#[macro_export]
macro_rules! fragments {
    ($(#[$attribute:meta])* $visibility:vis $name:ident($($parameter:ident: $type:ty),*) -> $result:ty;
        $body:block) => {
        $(#[$attribute])*
        $visibility fn $name($($parameter: $type),*) -> $result $body
    };
}

#[macro_export]
macro_rules! module {
    ($(#[$attribute:meta])* $visibility:vis mod $name:ident { $($item:item)* }) => {
        $(#[$attribute])* $visibility mod $name { $($item)* }
    };
}

#[allow(
    clippy::all,
    clippy::pedantic,
    unreachable_pub,
    unused_variables,
    reason = "the code is generated"
)]
mod generated {
    use crate::written::Written;

    include!(concat!(env!("OUT_DIR"), "/routes.rs"));
}

/// Returns the token of a caller with these grants.
fn mint(issuer: &LocalIssuer, grants: Grants) -> String {
    let names = |names: &[(&'static str, bool)]| {
        let has = names.iter().filter(|(_, has)| *has);
        has.map(|(name, _)| *name).collect::<Vec<_>>()
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("it is after 1970").as_secs();
    let mut token = issuer
        .token()
        .subject("7")
        .scope(names(&[("a", grants.scope_a), ("b", grants.scope_b)]).join(" "))
        .claim("permissions", names(&[("p", grants.permission)]))
        .claim("roles", names(&[("r", grants.role)]))
        .claim("org", "acme")
        .claim("level", 3)
        .claim("auth_time", now - 120);
    if grants.claim {
        token = token.claim("c", true).claim("acr", "mfa");
    }
    token.mint()
}

/// Returns everyone who calls each route, with their tokens.
fn callers(issuer: &LocalIssuer) -> Vec<(Caller, Option<String>)> {
    let expired = issuer.token().expired().scope("a b").mint();
    let forged = issuer.token().other_key().scope("a b").mint();
    let others = [
        (Caller::Anonymous, None),
        (Caller::Invalid, Some(expired)),
        (Caller::Invalid, Some(forged)),
    ];
    let known = Grants::all().map(|grants| (Caller::Known(grants), Some(mint(issuer, grants))));
    others.into_iter().chain(known).collect()
}

/// Calls the route, and returns the status and the body of the reply.
async fn call(client: &Client, route: &Written, id: &str, token: Option<&str>) -> (u16, String) {
    let uri = route.uri.replace("{id}", id);
    let mut request = client.req(route.method, uri);
    if let Some(token) = token {
        request.add_header(Header::new("Authorization", format!("Bearer {token}")));
    }
    if route.body == "{}" {
        request.add_header(ContentType::JSON);
    }
    let response = request.body(route.body).dispatch().await;
    let status = response.status().code;
    (status, response.into_string().await.unwrap_or_default())
}

#[rocket::async_test]
async fn every_route_answers_as_its_attributes_say() {
    let issuer = LocalIssuer::start("https://api.test").await;
    let issuer = issuer.expect("the local issuer starts");
    let auth = Auth::builder()
        .issuer(issuer.url())
        .audience(issuer.audience())
        // Without it, a route with `sender_constrained` stops the launch.
        .dpop(BindingMode::Allow)
        .public_url("https://api.test");
    let figment =
        rocket::figment::Figment::from(rocket::Config::debug_default()).merge(("log_level", "off"));
    let mut rocket = rocket::custom(figment).attach(auth.fairing());
    for (base, routes) in generated::LISTS {
        rocket = rocket.mount(*base, routes());
    }
    let client = Client::untracked(rocket).await.expect("it launches");
    let callers = callers(&issuer);

    let (mut calls, mut distinguishing, mut wrong) = (0, 0, Vec::new());
    for route in generated::WRITTEN {
        let mut statuses = HashSet::new();
        let ids: &[&str] = if route.has_id { &["7", "8"] } else { &[""] };
        for (id, (caller, token)) in ids
            .iter()
            .flat_map(|id| callers.iter().map(move |it| (id, it)))
        {
            let (status, body) = call(&client, route, id, token.as_deref()).await;
            calls += 1;
            if matches!(caller, Caller::Known(_)) {
                statuses.insert(status);
            }
            let expected = route.expected_status(*caller, id);
            let is_head = route.method == rocket::http::Method::Head;
            if status != expected || status == 200 && !is_head && body != route.name {
                wrong.push(format!(
                    "{caller:?} gets {status} {body:?} and not {expected}, id {id:?}: {route:#?}"
                ));
            }
        }
        distinguishing += usize::from(statuses.len() > 1);
    }
    let (seed, routes) = (generated::SEED, generated::WRITTEN.len());
    println!(
        "seed {seed}: {routes} routes, {distinguishing} of them distinguish tokens, {calls} calls"
    );
    let first = wrong.first().map_or("", |first| first);
    assert!(
        wrong.is_empty(),
        "seed {seed}: {} of {calls} replies are wrong. {first}",
        wrong.len()
    );
    assert!(
        distinguishing > routes / 2,
        "most routes treat all tokens alike, so that mistakes in their policies do not show"
    );
}
