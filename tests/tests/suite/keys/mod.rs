//! Tests the sources of keys and their failures, with an application of one route, a configuration in
//! TOML, and endpoints that misbehave.

mod algorithms;
mod discovery;
mod fetching;
mod hostile_endpoints;
mod issuers;
mod migration;
mod secrets;
mod snapshots;
mod soak;
mod static_keys;
#[path = "../../../../auth-runtime/src/jwks/test_keys.rs"]
pub(crate) mod test_keys;
mod tls;

use auth_runtime::{AccessToken, Auth, requires_auth, routes};
use jsonwebtoken::Algorithm;
use rocket::figment::providers::{Format, Toml};
use rocket::get;
use serde_json::{Value, json};

use self::test_keys::TestKey;
use crate::support::*;

const ISSUER: &str = "https://issuer.invalid/";
const RS256: Algorithm = Algorithm::RS256;

#[requires_auth]
#[get("/")]
fn caller(token: &AccessToken) -> String {
    token.subject().unwrap_or_default().to_owned()
}

/// Launches an application with these keys of the table `auth` and the audience `api`.
async fn launch(auth: &str) -> App {
    let auth = format!("[default.auth]\naudience = 'api'\n{auth}");
    let figment = quiet().merge(Toml::string(&auth).nested());
    App::launch(
        rocket::custom(figment)
            .attach(Auth::fairing())
            .mount("/", routes![caller]),
    )
    .await
}

/// Launches an application with the keys at this server and a cool-down of a day.
async fn launch_at(server: &FaultServer, more: &str) -> App {
    let cool_down = if more.contains("jwks_cooldown") {
        ""
    } else {
        "jwks_cooldown = 86400\n"
    };
    let uri = server.url("/keys");
    launch(&format!(
        "issuer = '{ISSUER}'\njwks_uri = '{uri}'\n{cool_down}{more}"
    ))
    .await
}

impl App {
    async fn ask(&self, token: &str) -> Reply {
        self.get_with("/", token).await
    }
}

/// Returns the claims of a valid token.
fn claims() -> Value {
    claims_of(ISSUER)
}

fn claims_of(issuer: &str) -> Value {
    json!({"iss": issuer, "aud": "api", "sub": "someone", "exp": now() + 600})
}

/// Returns a valid token that is signed by the key of this name.
fn token(kid: &str) -> String {
    token_of(RS256, json!({"alg": "RS256", "kid": kid}), &claims())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "callers build the header in place"
)]
fn token_of(algorithm: Algorithm, header: Value, claims: &Value) -> String {
    TestKey::for_algorithm(algorithm).token(algorithm, &header, claims)
}

/// Returns a key set that has the RSA key under these names.
fn keys(kids: &[&str]) -> String {
    let key = |kid: &&str| TestKey::for_algorithm(RS256).jwk(json!({ "kid": kid }));
    json!({"keys": kids.iter().map(key).collect::<Vec<_>>()}).to_string()
}
