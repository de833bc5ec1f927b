//! What the fuzz targets in `fuzz/` drive. It is built only for them (`--cfg fuzzing`) and is not part
//! of the crate's interface.

mod binding;
mod lock_file;
mod messages;

use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::figment::Figment;
use rocket::figment::providers::{Format, Toml};
use serde_json::Value;

pub use self::binding::{certificate, confirmation, proof, target};
pub use self::lock_file::lock_file;
pub use self::messages::{introspection, logout, metadata, security_event};
use crate::config::{self, Settings};
use crate::jwks::{Algorithm, KeySet, KeySource};
use crate::token::{AcceptedSchemes, AccessToken, ClaimNames, Credentials};
use crate::verify::{AudienceClaim, Failure, Issuer, KnownHeaders, Memory, Rules, Verifier};

/// The secret that [`differential`] expects tokens to be signed with.
pub const SECRET: [u8; 32] = [7; 32];

/// A verifier in shared-secret mode, which needs no network and has a key for every `kid`.
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| Verifier {
    issuers: [Issuer {
        names: [].into(),
        audience: ["api".to_owned()].into(),
        audience_claims: [AudienceClaim::Audience].into(),
        algorithms: [Algorithm::HS256].into(),
        keys: KeySource::fixed(KeySet::from_secrets(&[SECRET.to_vec()])),
        secret: None,
    }]
    .into(),
    rules: Rules {
        leeway: 0.0,
        claim_names: ClaimNames::default(),
        at_jwt: false,
        max_lifetime: None,
    },
    introspected: None,
    memory: Memory::with_capacity(1 << 20),
    known_headers: KnownHeaders::default(),
});

/// Reads the values of `Authorization` headers.
pub fn header(text: &str) {
    for accepted in [
        AcceptedSchemes::Bearer,
        AcceptedSchemes::BearerOrDpop,
        AcceptedSchemes::Dpop,
    ] {
        let _ = Credentials::parse(text.split('\n'), accepted);
    }
}

/// Verifies a token. No input is a token that is signed with the secret.
///
/// # Panics
/// Panics if the token is accepted.
pub fn token(text: &str) {
    assert!(verify(text).is_err(), "a forged token is accepted");
}

/// Reads a payload and compares what our reader and `serde_json` make of it.
///
/// # Panics
/// Panics if one of them accepts what the other refuses, except for the differences that we want:
/// duplicate names, reserved names, nesting that is too deep, and values that are not an object. And
/// it panics if the claims differ.
pub fn claims(text: &str) {
    use crate::token::JsonProblem::{DuplicateName, NotAnObject, ReservedName, TooDeep};

    let theirs = serde_json::from_str::<Value>(text);
    match AccessToken::unchecked(text.to_owned(), &ClaimNames::default()) {
        Ok(token) => {
            let theirs = theirs.expect("serde_json reads what we read");
            let ours = serde_json::to_value(token.claims()).expect("claims are JSON");
            assert!(are_alike(&ours, &theirs), "{ours} {theirs}");
            assert_eq!(token.subject(), theirs.get("sub").and_then(Value::as_str));
            // The text of a remembered token is read again.
            let remembered = AccessToken::remembered(Arc::clone(token.contents()));
            for (name, theirs) in theirs.as_object().into_iter().flatten() {
                for claims in [token.claims(), remembered.claims()] {
                    let ours = claims.get(name).expect("a claim is found by its name");
                    assert!(are_alike(ours, theirs), "{name}: {ours} {theirs}");
                }
            }
            let _ = token.scopes().count() + token.roles().count() + token.permissions().count();
        }
        Err(error) => assert!(
            theirs.is_err()
                || matches!(
                    error.problem,
                    DuplicateName | ReservedName | TooDeep | NotAnObject
                ),
            "serde_json reads what we refuse: {error}"
        ),
    }
}

/// Verifies a token that is signed with [`SECRET`], and compares the outcome with the claims that
/// another library returned for it, if it accepted it. That library checks no claims.
///
/// # Panics
/// Panics if we accept a token that the other library refuses, or refuse its shape or its signature
/// for any reason but those that we want. And it panics if the claims differ.
pub fn differential(token: &str, theirs: Option<&Value>) {
    use crate::token::JsonProblem::{DuplicateName, NotAnObject, ReservedName, TooDeep};
    use crate::verify::Malformed::{
        Compressed, CriticalExtension, Json, Parameter, TooLong, Type, UnencodedPayload,
    };

    match (verify(token), theirs) {
        (Ok(token), Some(theirs)) => {
            let ours = serde_json::to_value(token.claims()).expect("claims are JSON");
            assert!(are_alike(&ours, theirs), "{ours} {theirs}");
        }
        (Err(Failure::Malformed(malformed)), Some(_)) => match malformed {
            TooLong(_) | CriticalExtension | Compressed | UnencodedPayload => {}
            Parameter(_) | Type(_) => {}
            Json(_, error) => assert!(
                matches!(
                    error.problem,
                    DuplicateName | ReservedName | TooDeep | NotAnObject
                ),
                "they accept what we cannot read: {error}"
            ),
            other => panic!("they accept what we refuse: {other}"),
        },
        (Err(Failure::Signature | Failure::UnknownKey(_)), Some(_)) => {
            panic!("they accept a signature that we refuse")
        }
        // Claims that only we check.
        (Err(_), Some(_)) => {}
        // The other library reads more parameters of the header, and refuses odd ones.
        (_, None) => {}
    }
}

/// Drives the state machine of a key set with the events that these bytes stand for. The model of the
/// property tests checks what must hold.
///
/// # Panics
/// Panics if the state machine breaks a rule of a key set.
pub fn key_life(bytes: &[u8]) {
    crate::jwks::drive(bytes);
}

/// The time of the checks, in seconds since 1970.
const NOW: f64 = 100.0;

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs_f64(NOW)
}

/// A token with this header and this payload that is signed with [`SECRET`].
fn signed(header: &str, payload: &str) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let message = format!("{}.{}", encode(header), encode(payload));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &SECRET);
    let signature = aws_lc_rs::hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn verify(token: &str) -> Result<AccessToken, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let now = now();
    let runtime = runtime.expect("a runtime without drivers needs nothing");
    let verified = runtime.block_on(VERIFIER.verify(token, now));
    verified.map_err(|unverified| unverified.failure)
}

/// Returns whether two values are equal, except for the last places of a float, which `serde_json`
/// rounds wrongly to be faster.
fn are_alike(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => {
            ours == theirs
                || ours
                    .as_f64()
                    .zip(theirs.as_f64())
                    .is_some_and(|(ours, theirs)| {
                        (ours - theirs).abs() <= ours.abs() * 4.0 * f64::EPSILON
                    })
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|(ours, theirs)| are_alike(ours, theirs))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(name, ours)| {
                    theirs
                        .get(name)
                        .is_some_and(|theirs| are_alike(ours, theirs))
                })
        }
        _ => ours == theirs,
    }
}

/// Reads a key set.
pub fn jwks(document: &[u8]) {
    if let Ok((keys, skipped)) = KeySet::parse(document, &Algorithm::ASYMMETRIC) {
        assert!(keys.len() + skipped.len() <= 100);
        for algorithm in Algorithm::ASYMMETRIC {
            for key in keys.candidates(None, algorithm) {
                assert!(!key.has_signed(b"message", b"signature"));
            }
        }
    }
}

/// Reads the table `auth` of a Rocket.toml that names no files.
pub fn configuration(text: &str) {
    let files = ["file", "key", "certificate", "snapshot"];
    if files.iter().any(|name| text.contains(name)) {
        return;
    }
    let text = format!("[default.auth]\n{text}");
    let figment = Figment::from(Toml::string(&text).nested());
    if let Err(problems) = Settings::from_figment(&figment) {
        for problem in problems {
            let _ = problem.to_string();
        }
    }
}

/// Parses the text of a file `.env`.
///
/// # Panics
/// Panics if it yields another variable than those that are asked for.
pub fn dotenv(text: &str) {
    let names = ["AUTH0_DOMAIN", "API_IDENTIFIER", "API_ID"];
    let variables = config::parse_dotenv(text, &names);
    assert!(variables.keys().all(|name| names.contains(&name.as_str())));
}
