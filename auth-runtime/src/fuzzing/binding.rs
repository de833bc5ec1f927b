//! Drives what binds tokens to keys: `cnf`, proofs, URLs, certificate headers.

use std::sync::LazyLock;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{NOW, now, signed, verify};
use crate::binding::{self, Bindings, CertificateThumbprint, KnownKeys, ProofVerifier, Target};
use crate::jwks::Algorithm;

const TOKEN: &str = "a.b.c";
const AGE: f64 = 60.0;

/// The key of a client, its JWK, and the JWK's thumbprint.
static CLIENT: LazyLock<(Ed25519KeyPair, String, [u8; 32])> = LazyLock::new(|| {
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed has 32 bytes");
    let x = URL_SAFE_NO_PAD.encode(key.public_key());
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    let thumbprint = digest(&SHA256, jwk.as_bytes());
    let thumbprint = thumbprint.as_ref().try_into();
    (key, jwk, thumbprint.expect("SHA-256 has 32 bytes"))
});

static VERIFIER: LazyLock<ProofVerifier> = LazyLock::new(|| ProofVerifier {
    base: Target::parse("https://api.test/v1").expect("a URL"),
    algorithms: [Algorithm::EdDSA].into(),
    age: Duration::from_secs_f64(AGE),
    leeway: Duration::ZERO,
    nonces: None,
    known_keys: KnownKeys::default(),
});

/// Verifies a `DPoP` proof: more members of the header, a line break, and the payload. The proof is
/// signed with the right key.
///
/// # Panics
/// Panics if a proof is accepted that is for another request, another token or another time.
pub fn proof(text: &str) {
    let (more, payload) = text.split_once('\n').unwrap_or(("", text));
    let (key, jwk, thumbprint) = &*CLIENT;
    let header = format!(r#"{{"typ":"dpop+jwt","alg":"EdDSA","jwk":{jwk}{more}}}"#);
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let message = format!("{}.{}", encode(&header), encode(payload));
    let signature = key.sign(message.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(signature);
    let proven = binding::Proven {
        method: "GET",
        path: "/me",
        token: TOKEN,
        key: thumbprint,
    };
    let Ok(proof) = VERIFIER.verify(&format!("{message}.{signature}"), proven, now()) else {
        return;
    };
    let claims: Value = serde_json::from_str(payload).expect("serde_json reads what we read");
    assert_eq!(claims["htm"], "GET");
    assert_eq!(claims["jti"], proof.jti.as_str());
    assert!((1..=256).contains(&proof.jti.len()));
    let hash = digest(&SHA256, TOKEN.as_bytes());
    assert_eq!(claims["ath"], URL_SAFE_NO_PAD.encode(hash));
    let age = NOW - claims["iat"].as_f64().expect("a number");
    assert!((-10.0..=AGE).contains(&age), "{age}");
    let target = claims["htu"].as_str().map(Target::parse);
    let expected = Target::parse("https://api.test/v1/me");
    assert_eq!(target, Some(expected));
}

/// Verifies a token that has this `cnf`.
///
/// # Panics
/// Panics if the token passes as a bearer token.
pub fn confirmation(text: &str) {
    let payload = format!(r#"{{"aud":"api","exp":200,"cnf":{text}}}"#);
    let Ok(token) = verify(&signed(r#"{"alg":"HS256"}"#, &payload)) else {
        return;
    };
    // The text may end the object early and begin another member.
    let claims: Value = serde_json::from_str(&payload).expect("serde_json reads what we read");
    assert!(claims["cnf"].is_object(), "{claims}");
    let bindings = Bindings::default();
    assert!(bindings.check_bare(token.confirmation()).is_err());
}

/// Parses the URL of a proof.
///
/// # Panics
/// Panics if the normal form of a URL has another normal form.
pub fn target(text: &str) {
    if let Ok(target) = Target::parse(text) {
        let again = Target::parse(target.as_str());
        assert_eq!(again.as_ref().map(Target::as_str), Ok(target.as_str()));
        assert!(!target.as_str().contains(['?', '#', '@']) || target.path().contains('@'));
    }
    let base = Target::parse("https://api.test/v1").expect("a URL");
    if let Ok(below) = base.below(text) {
        assert!(below.as_str().starts_with("https://api.test/"));
    }
}

/// Reads the values of a certificate header, one a line.
///
/// # Panics
/// Panics if more or less than one value is a certificate.
pub fn certificate(text: &str) {
    if CertificateThumbprint::from_headers(text.split('\n')).is_some() {
        assert!(!text.contains('\n'));
        assert!(text.trim().starts_with(':') && text.trim().ends_with(':'));
    }
}
