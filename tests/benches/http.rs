//! Runs the servers that `http.sh` and `latency.sh` compare, in one process: a Rocket without the
//! fairing, one with it, one that does not remember tokens, and one whose issuer replaces its key set every
//! second. Their addresses and the tokens to send are written to the folder in the first argument.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark may panic, like a test"
)]

#[expect(dead_code, reason = "the servers are called over HTTP")]
mod fixtures;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs};

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{Auth, AuthBuilder, public, requires_scope, routes};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::serde::Deserialize;
use rocket::{Build, Rocket, State, get};
use serde_json::Value;

use self::fixtures::{AUDIENCE, auth0_claims, header};

const TOKENS: usize = 10_000;

#[public]
#[get("/public")]
fn open() -> &'static str {
    "Hello"
}

#[requires_scope("read:messages")]
#[get("/private")]
fn private() -> &'static str {
    "Hello"
}

/// Answers without using this crate.
#[get("/public")]
fn plain() -> &'static str {
    "Hello"
}

#[get("/private")]
fn handwritten(_caller: HandwrittenGuard) -> &'static str {
    "Hello"
}

#[get("/remembered")]
fn remembered(_caller: MinimalMemory) -> &'static str {
    "Hello"
}

/// The usual guard without this crate: it decodes the token and looks for the scope.
struct HandwrittenGuard;

/// The same with the least that a memory can be: it finds a token by its text, and compares its end with the
/// clock.
struct MinimalMemory;

struct Rules(DecodingKey, Validation);

/// The end of each token that was accepted.
#[derive(Default)]
struct Remembered(RwLock<HashMap<String, u64>>);

#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct Claims {
    scope: String,
    exp: u64,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for HandwrittenGuard {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let Some(token) = token(request) else {
            return Outcome::Error((Status::Unauthorized, ()));
        };
        match decode(request, token) {
            Ok(_) => Outcome::Success(Self),
            Err(status) => Outcome::Error((status, ())),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for MinimalMemory {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let remembered = request.rocket().state::<Remembered>();
        let (Some(token), Some(Remembered(ends))) = (token(request), remembered) else {
            return Outcome::Error((Status::Unauthorized, ()));
        };
        let end = ends.read().expect("no thread panics").get(token).copied();
        if end.is_some_and(|end| seconds_since_1970() < end) {
            return Outcome::Success(Self);
        }
        match decode(request, token) {
            Ok(claims) => {
                let mut ends = ends.write().expect("no thread panics");
                ends.insert(token.to_owned(), claims.exp);
                Outcome::Success(Self)
            }
            Err(status) => Outcome::Error((status, ())),
        }
    }
}

fn token<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    let authorization = request.headers().get_one("Authorization");
    authorization.and_then(|header| header.strip_prefix("Bearer "))
}

/// Returns the claims of a valid token that has the scope, and otherwise the status of the refusal.
fn decode(request: &Request<'_>, token: &str) -> Result<Claims, Status> {
    let Some(Rules(key, validation)) = request.rocket().state() else {
        return Err(Status::Unauthorized);
    };
    let token = jsonwebtoken::decode::<Claims>(token, key, validation);
    let claims = token.map_err(|_| Status::Unauthorized)?.claims;
    if claims
        .scope
        .split(' ')
        .any(|scope| scope == "read:messages")
    {
        Ok(claims)
    } else {
        Err(Status::Forbidden)
    }
}

fn seconds_since_1970() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}

/// The keys of the issuer, and one more that is another each second.
#[get("/jwks")]
fn jwks(keys: &State<Value>) -> (ContentType, String) {
    let mut keys = keys.inner().clone();
    let mut other = keys["keys"][0].clone();
    other["kid"] = format!("turn-{}", seconds_since_1970()).into();
    if let Some(keys) = keys["keys"].as_array_mut() {
        keys.push(other);
    }
    (ContentType::JSON, keys.to_string())
}

#[rocket::main]
async fn main() {
    let folder = match env::args().nth(1).map(PathBuf::from) {
        Some(folder) if folder.is_dir() => folder,
        _ => return println!("run tests/benches/http.sh"),
    };
    let issuer = LocalIssuer::start(AUDIENCE)
        .await
        .expect("a loopback port is free");
    let header = header("RS256", &issuer.kid());
    let mut claims = auth0_claims(issuer.url());
    let mut token = |index: usize| {
        claims["sub"] = format!("auth0|5f7c8ec7c33c6c00{index:08}").into();
        issuer.sign_raw(&header, claims.to_string().as_bytes())
    };
    fs::write(folder.join("none"), "").expect("the folder can be written");
    fs::write(folder.join("one"), token(TOKENS)).expect("the folder can be written");
    let many: Vec<_> = (0..TOKENS).map(token).collect();
    fs::write(folder.join("many"), many.join("\n")).expect("the folder can be written");
    let forged = many.iter().map(|token| match token.rsplit_once('.') {
        // Their signatures are those of other tokens.
        Some((message, _)) => format!(
            "{message}.{}",
            many[0].rsplit('.').next().unwrap_or_default()
        ),
        None => String::new(),
    });
    let forged: Vec<_> = forged.skip(1).collect();
    fs::write(folder.join("forged"), forged.join("\n")).expect("the folder can be written");

    let jwks: Value = serde_json::from_str(&issuer.jwks()).expect("a key set is JSON");
    let (n, e) = (bytes(&jwks["keys"][0]["n"]), bytes(&jwks["keys"][0]["e"]));
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[issuer.url()]);
    validation.set_audience(&[AUDIENCE]);
    let rules = Rules(DecodingKey::from_rsa_raw_components(&n, &e), validation);

    let auth = Auth::builder().issuer(issuer.url()).audience(AUDIENCE);
    let without = server(&folder, "without")
        .manage(rules)
        .manage(Remembered::default())
        .mount("/", rocket::routes![plain, handwritten, remembered]);
    let with = server(&folder, "with")
        // The memory has room for all tokens, as its default size is for 13,000 of them.
        .attach(auth.clone().fairing())
        .mount("/", routes![open, private]);
    let forgetful = server(&folder, "forgetful")
        .attach(auth.clone().with("token_cache", 0).fairing())
        .mount("/", routes![private]);
    let keys = server(&folder, "keys")
        .manage(jwks)
        .mount("/", rocket::routes![self::jwks]);
    rocket::tokio::spawn(keys.launch());
    let rotating = rotating(&folder, auth).await;
    let outcome = rocket::tokio::try_join!(
        without.launch(),
        with.launch(),
        forgetful.launch(),
        rotating.launch()
    );
    outcome.expect("the servers run until they are stopped");
}

/// Creates a server that fetches its keys every second, and gets other ones each time.
async fn rotating(folder: &Path, auth: AuthBuilder) -> Rocket<Build> {
    let address = folder.join("keys");
    while fs::read_to_string(&address).unwrap_or_default().is_empty() {
        rocket::tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let address = fs::read_to_string(address).unwrap_or_default();
    let auth = auth
        .jwks_uri(format!("{address}/jwks"))
        .jwks_cache_ttl(Duration::from_secs(1))
        .jwks_cooldown(Duration::ZERO);
    server(folder, "rotating")
        .attach(auth.fairing())
        .mount("/", routes![private])
}

/// Creates a Rocket that writes its address to the file of this name.
fn server(folder: &Path, name: &str) -> Rocket<Build> {
    let figment = rocket::Config::figment()
        .merge(("log_level", "off"))
        .merge(("address", "127.0.0.1"))
        .merge(("port", 0));
    let path = folder.join(name);
    rocket::custom(figment).attach(AdHoc::on_liftoff("address", move |rocket| {
        let address = format!("http://127.0.0.1:{}", rocket.config().port);
        Box::pin(async move { fs::write(path, address).expect("the folder can be written") })
    }))
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("a key has these members");
    BASE64
        .decode(text)
        .expect("the members of a key are base64url")
}
