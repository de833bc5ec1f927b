//! Drives the readers of what issuers send beside keys: metadata, introspection answers, logout tokens,
//! security events.

use serde_json::Value;

use super::NOW;
use crate::introspect::Answer;
use crate::jwks::Discovery;
use crate::revocation::{Expected, check_logout, check_security_event};
use crate::token::Document;

const ISSUER: &str = "https://issuer.test/";
const EXPECTED: Expected<'static> = Expected {
    audience: "client",
    leeway: 0.0,
    keep: 1000,
    now: NOW,
};

/// Reads the metadata of an issuer.
///
/// # Panics
/// Panics if keys would be fetched from an address that is neither https nor allowed, from this machine,
/// or for another issuer.
pub fn metadata(document: &[u8]) {
    let hosts = ["keys".to_owned()];
    let discovery = Discovery::new(ISSUER, &hosts).expect("the issuer is a URL");
    if let Some(uri) = discovery.fuzz(document) {
        let host = uri.host_str().expect("it has a host");
        assert!(uri.scheme() == "https" || host == "keys", "{uri}");
        assert!(
            !["localhost", "127.0.0.1", "[::1]"].contains(&host),
            "{uri}"
        );
    }
}

/// Reads the answer of an introspection endpoint.
///
/// # Panics
/// Panics if it is active for us, and not for `serde_json`.
pub fn introspection(body: &[u8]) {
    match Answer::parse(body.to_vec()) {
        Ok(Answer::Active(text)) => {
            let answer: Value = serde_json::from_str(&text).expect("serde_json reads what we read");
            assert_eq!(answer["active"], true);
        }
        Ok(Answer::Inactive) => {
            let answer: Value =
                serde_json::from_slice(body).expect("serde_json reads what we read");
            assert_eq!(answer["active"], false);
        }
        Err(_) => {}
    }
}

/// Checks the claims of a logout token.
///
/// # Panics
/// Panics if a token is accepted that OpenID Connect Back-Channel Logout 1.0 §2.6 refuses.
pub fn logout(text: &str) {
    let Ok(claims) = Document::parse(text) else {
        return;
    };
    let Ok(logout) = check_logout(ISSUER, claims.object(), &EXPECTED) else {
        return;
    };
    let claims: Value = serde_json::from_str(text).expect("serde_json reads what we read");
    assert!(claims["aud"] == "client" || claims["aud"] == serde_json::json!(["client"]));
    assert!(claims.get("nonce").is_none());
    assert!(
        claims["iat"]
            .as_f64()
            .is_some_and(|iat| (NOW - 600.0..=NOW).contains(&iat))
    );
    assert_eq!(claims["jti"], *logout.jti);
    let event = "http://schemas.openid.net/event/backchannel-logout";
    assert!(claims["events"][event].is_object());
    assert_eq!(&*logout.revocation.name.issuer, ISSUER);
}

/// Checks the claims of a security event token.
///
/// # Panics
/// Panics if a token without a fitting audience is accepted, or if it revokes for another issuer or for
/// the future.
pub fn security_event(text: &str) {
    let Ok(claims) = Document::parse(text) else {
        return;
    };
    let Ok(event) = check_security_event(ISSUER, claims.object(), &EXPECTED) else {
        return;
    };
    let claims: Value = serde_json::from_str(text).expect("serde_json reads what we read");
    assert!(claims["aud"].to_string().contains("\"client\""));
    assert!(claims.get("exp").is_none());
    for revocation in event.revocations {
        assert_eq!(&*revocation.name.issuer, ISSUER);
        #[expect(
            clippy::cast_precision_loss,
            reason = "the time of the target is small"
        )]
        let until = revocation.issued_until as f64;
        assert!(until <= NOW);
    }
}
