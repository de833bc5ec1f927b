//! What the fuzz targets in `fuzz/` drive. Built for them alone (`--cfg fuzzing`), and no part of
//! the crate's interface.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use rocket::figment::Figment;
use rocket::figment::providers::{Format, Toml};

use crate::config::{self, Settings};
use crate::jwks::{Algorithm, KeySet, KeySource};
use crate::token::{AccessToken, ClaimNames, bearer};
use crate::verify::{AudienceClaim, Issuer, Memory, Rules, Verifier};

/// In shared-secret mode, which needs no network and has a key for every `kid`.
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| Verifier {
    issuers: [Issuer {
        names: [].into(),
        audience: ["api".to_owned()].into(),
        audience_claims: [AudienceClaim::Audience].into(),
        algorithms: [Algorithm::HS256].into(),
        keys: KeySource::fixed(KeySet::from_secrets(&[vec![7; 32]])),
        secret: None,
    }]
    .into(),
    rules: Rules {
        leeway: 0.0,
        claim_names: ClaimNames::default(),
        at_jwt: false,
    },
    memory: Memory::with_capacity(1 << 20),
});

/// The value of an `Authorization` header.
pub fn header(text: &str) {
    let _ = bearer(text.split('\n'));
}

/// A token: whatever it is, it was not signed with the secret.
///
/// # Panics
/// If it is accepted.
pub fn token(text: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(100);
    let accepted =
        runtime.is_ok_and(|runtime| runtime.block_on(VERIFIER.verify(text, now)).is_ok());
    assert!(!accepted, "a forged token is accepted");
}

/// A payload whose signature is right: what is read is read alike by everyone.
///
/// # Panics
/// If the claims differ from those that another reader sees.
pub fn payload(text: &str) {
    let Ok(token) = AccessToken::unchecked(text.to_owned(), &ClaimNames::default()) else {
        return;
    };
    let other: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let other = other.expect("what we can read is JSON");
    assert_eq!(
        token.subject(),
        other.get("sub").and_then(serde_json::Value::as_str)
    );
    assert_eq!(
        serde_json::to_value(token.claims()).ok().as_ref(),
        Some(&other)
    );
    let _ = token.scopes().count() + token.roles().count() + token.permissions().count();
}

/// A key set.
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

/// The table `auth` of a Rocket.toml that names no files.
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

/// The text of a file `.env`: it never yields another variable than those that are asked for.
///
/// # Panics
/// If it does.
pub fn dotenv(text: &str) {
    let names = ["AUTH0_DOMAIN", "API_IDENTIFIER", "API_ID"];
    let variables = config::parse_dotenv(text, &names);
    assert!(variables.keys().all(|name| names.contains(&name.as_str())));
}
