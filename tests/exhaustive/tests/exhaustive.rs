//! Routes of every form with generated policies are launched, and each is called with every combination
//! of grants. The replies have to be those that an evaluation of the written attributes yields, which
//! shares no code with the library.

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

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{AccessToken, Auth, AuthError, Rule, RuleError};
use rocket::Request;
use rocket::http::{ContentType, Header, Status};
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

/// A guard that refuses everyone, so that a handler takes it as an `Option`.
pub struct Optional;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Optional {
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

/// The token of a caller with these grants.
fn mint(issuer: &LocalIssuer, grants: Grants) -> String {
    let names = |names: &[(&'static str, bool)]| {
        let has = names.iter().filter(|(_, has)| *has);
        has.map(|(name, _)| *name).collect::<Vec<_>>()
    };
    let mut token = issuer
        .token()
        .subject("7")
        .scope(names(&[("a", grants.scope_a), ("b", grants.scope_b)]).join(" "))
        .claim("permissions", names(&[("p", grants.permission)]))
        .claim("roles", names(&[("r", grants.role)]))
        .claim("org", "acme")
        .claim("level", 3);
    if grants.claim {
        token = token.claim("c", true);
    }
    token.mint()
}

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
        .audience(issuer.audience());
    let figment =
        rocket::figment::Figment::from(rocket::Config::debug_default()).merge(("log_level", "off"));
    let rocket = rocket::custom(figment).attach(auth.fairing());
    let rocket = generated::mount(rocket);
    let client = Client::untracked(rocket).await.expect("it launches");

    let mut callers = vec![
        (Caller::Anonymous, None),
        (Caller::Invalid, Some(issuer.token().expired().mint())),
        (
            Caller::Invalid,
            Some(issuer.token().other_key().scope("a b").mint()),
        ),
    ];
    for grants in Grants::all() {
        callers.push((Caller::Known(grants), Some(mint(&issuer, grants))));
    }

    let (mut calls, mut passed, mut wrong) = (0, 0, Vec::new());
    for route in generated::WRITTEN {
        let ids: &[&str] = if route.has_id { &["7", "8"] } else { &[""] };
        for id in ids {
            for (caller, token) in &callers {
                let expected = route.expected_status(*caller, id);
                let (status, body) = call(&client, route, id, token.as_deref()).await;
                calls += 1;
                passed += usize::from(status == Status::Ok.code);
                let is_right_handler = status != 200
                    || body == route.name
                    || route.method == rocket::http::Method::Head;
                if status != expected || !is_right_handler {
                    wrong.push(format!(
                        "{caller:?} gets {status} and not {expected}, id {id}: {route:#?}"
                    ));
                }
            }
        }
    }
    let routes = generated::WRITTEN.len();
    let seed = generated::SEED;
    println!("seed {seed}: {routes} routes, {calls} calls, of which {passed} passed");
    let first = wrong.first().map_or("", |first| first);
    assert!(
        wrong.is_empty(),
        "seed {seed}: {} of {calls} replies are wrong. {first}",
        wrong.len()
    );
    // Neither everything passes nor nothing.
    assert!(
        calls / 10 < passed && passed < calls * 9 / 10,
        "{passed} of {calls}"
    );
}
