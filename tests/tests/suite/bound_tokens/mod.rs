//! Tests tokens that are bound to a key: DPoP (RFC 9449) and client certificates (RFC 8705).

mod certificates;
mod challenges;
mod conformance;
mod dpop;
mod launch;
mod metadata;
mod mutual_tls;
mod nonces;
mod replay;

use std::convert::Infallible;
use std::sync::mpsc;

use auth_runtime::testing::{Clock, DpopKey};
use auth_runtime::{Auth, AuthBuilder, BindingMode, public, requires_auth, requires_scope, routes};
use rocket::fairing::AdHoc;
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, State, get, head, post, put};

use crate::support::{Call, Reply, Seed, api_with};

pub(crate) const PUBLIC_URL: &str = "https://api.example.com/v1";
pub(crate) const ALGORITHMS: &str = "ES256 ES384 PS256 EdDSA";

#[requires_auth]
#[get("/me")]
fn me() -> &'static str {
    "me"
}

#[requires_scope("a")]
#[get("/scoped")]
fn scoped() -> &'static str {
    "scoped"
}

#[requires_auth]
#[put("/form")]
fn form() -> &'static str {
    "form"
}

#[requires_auth]
#[head("/only-head")]
fn only_head() {}

#[requires_auth]
#[post("/me")]
fn post_me() {}

/// Verifies the bearer token of the request as if it had come in another way.
#[public]
#[get("/verified")]
async fn verified(auth: &State<Auth>, header: RawAuthorization<'_>) -> &'static str {
    match auth.verify(header.0.trim_start_matches("Bearer ")).await {
        Ok(_) => "verified",
        Err(error) => error.code(),
    }
}

struct RawAuthorization<'r>(&'r str);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for RawAuthorization<'r> {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let header = request.headers().get_one("Authorization");
        Outcome::Success(Self(header.unwrap_or_default()))
    }
}

/// Launches an API whose fairing is configured in code.
pub(crate) async fn bound_api(configure: impl FnOnce(AuthBuilder) -> AuthBuilder) -> Seed {
    api_with(
        |auth| configure(auth.public_url(PUBLIC_URL)),
        |rocket| rocket.mount("/", routes![me, scoped, form, only_head, post_me, verified]),
    )
    .await
}

/// Launches an API whose fairing is configured in code, and returns the clock that it uses.
pub(crate) async fn bound_api_with_clock(
    configure: impl FnOnce(AuthBuilder) -> AuthBuilder,
) -> (Seed, Clock) {
    let (sender, clock) = mpsc::channel();
    let fairing = AdHoc::on_liftoff("Clock", move |rocket| {
        Box::pin(async move {
            let _ = sender.send(Clock::of(rocket));
        })
    });
    let seed = api_with(
        |auth| configure(auth.public_url(PUBLIC_URL)),
        |rocket| rocket.attach(fairing).mount("/", routes![me]),
    );
    let seed = seed.await;
    (seed, clock.recv().unwrap())
}

pub(crate) async fn dpop_api(mode: BindingMode) -> Seed {
    bound_api(|auth| auth.dpop(mode)).await
}

pub(crate) fn url(path: &str) -> String {
    format!("{PUBLIC_URL}{path}")
}

/// Adds a token with the scheme `DPoP` and this proof.
pub(crate) fn with_proof(call: Call, token: &str, proof: &str) -> Call {
    call.header("Authorization", &format!("DPoP {token}"))
        .header("DPoP", proof)
}

/// Sends `GET` with a token that is bound to the key, and a fresh proof.
pub(crate) async fn get_bound(seed: &Seed, path: &str, key: &DpopKey, token: &str) -> Reply {
    let proof = key.proof("GET", &url(path), token).sign();
    with_proof(seed.app.get(path), token, &proof).send().await
}

/// Asserts the status, the code and the challenge of a refusal.
#[track_caller]
pub(crate) fn expect(reply: &Reply, status: u16, code: &str, challenge: Option<&str>) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.json()["code"], code, "{reply:?}");
    assert_eq!(reply.header("WWW-Authenticate"), challenge, "{reply:?}");
}

/// Asserts that only the proof was refused.
#[track_caller]
pub(crate) fn expect_invalid_proof(reply: &Reply) {
    let challenge = format!(r#"DPoP error="invalid_dpop_proof", algs="{ALGORITHMS}""#);
    expect(reply, 401, "invalid_dpop_proof", Some(&challenge));
    let description = "The DPoP proof is not valid for this request";
    assert_eq!(reply.json()["description"], description);
}
