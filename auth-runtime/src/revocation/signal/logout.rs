//! Checks logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6).

use super::super::entry::{Kind, Revocation};
use super::{Expected, SignalError, audiences, text};
use crate::token::{Json, Object};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// A logout token that is older than this, in seconds, is refused.
const MAX_AGE: f64 = 600.0;

/// The content of a valid logout token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Logout {
    pub(crate) revocation: Revocation,
    /// The token's `jti`, which may be used once.
    pub(crate) jti: Box<str>,
    /// The second since 1970 from which the token is refused for its age.
    pub(crate) refused_from: i64,
}

/// Checks the claims of a logout token whose issuer and signature are verified.
///
/// # Errors
/// Returns the first rule that is broken.
pub(crate) fn check_logout(
    issuer: &str,
    claims: Object<'_>,
    expected: &Expected<'_>,
) -> Result<Logout, SignalError> {
    // If other audiences were allowed beside ours, another client could replay its token here.
    if audiences(claims)? != [expected.audience] {
        return Err(SignalError::Audience);
    }
    let iat = expected.issued_at(claims)?;
    let refused_from = iat + MAX_AGE + expected.leeway;
    if refused_from < expected.now {
        return Err(SignalError::Claim("iat", "is older than 10 minutes"));
    }
    check_times(claims, expected)?;
    let jti = text(claims, "jti")?;
    let event = claims.get("events").and_then(Json::as_object);
    let event = event.and_then(|events| events.get(EVENT));
    if event.and_then(Json::as_object).is_none() {
        return Err(SignalError::Claim("events", "lacks the logout event"));
    }
    // An ID token has a nonce, and must not be accepted as a logout token.
    if claims.get("nonce").is_some() {
        return Err(SignalError::Claim("nonce", "is not allowed"));
    }
    let (kind, value) = subject(claims)?;
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
    let refused_from = refused_from.ceil() as i64;
    Ok(Logout {
        revocation: expected.revocation(issuer, kind, value, iat),
        jti: jti.into(),
        refused_from,
    })
}

fn check_times(claims: Object<'_>, expected: &Expected<'_>) -> Result<(), SignalError> {
    let exp = claims.get("exp").and_then(Json::as_f64);
    let exp = exp.ok_or(SignalError::Claim("exp", "is missing or not a number"))?;
    if exp + expected.leeway <= expected.now {
        return Err(SignalError::Claim("exp", "has passed"));
    }
    match claims.get("nbf").map(Json::as_f64) {
        None => Ok(()),
        Some(Some(nbf)) if nbf <= expected.now + expected.leeway => Ok(()),
        Some(_) => Err(SignalError::Claim(
            "nbf",
            "is in the future or not a number",
        )),
    }
}

/// Returns the session if the token names one, and otherwise the user.
fn subject(claims: Object<'_>) -> Result<(Kind, &str), SignalError> {
    if claims.get("sub").is_some() {
        text(claims, "sub")?;
    }
    if claims.get("sid").is_some() {
        return Ok((Kind::Session, text(claims, "sid")?));
    }
    match claims.get("sub") {
        Some(_) => Ok((Kind::User, text(claims, "sub")?)),
        None => Err(SignalError::Claim("sid", "and `sub` are missing")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::test_claims::{EXPECTED, changed};
    use super::*;
    use crate::token::Document;

    fn check(claims: &Value) -> Result<Logout, SignalError> {
        let text = claims.to_string();
        check_logout("i", Document::parse(text).unwrap().object(), &EXPECTED)
    }

    /// Returns the claims of a valid logout token with one claim changed. `null` removes the claim.
    fn with(name: &str, value: Value) -> Value {
        let claims = json!({
            "iss": "i", "aud": "api", "iat": 9_990.5, "exp": 10_100, "jti": "j",
            "sid": "s", "sub": "u", "events": { EVENT: {} },
        });
        changed(claims, name, value)
    }

    #[test]
    fn a_logout_token_with_sid_and_sub_revokes_only_the_session() {
        let revoked = |claims| check(&claims).unwrap().revocation;
        let both = revoked(with("sub", json!("u")));
        assert_eq!((both.name.kind, &*both.name.value), (Kind::Session, "s"));
        let user = revoked(with("sid", Value::Null));
        assert_eq!((user.name.kind, &*user.name.value), (Kind::User, "u"));
        let session = revoked(with("sub", Value::Null));
        assert_eq!(
            (session.name.kind, &*session.name.value),
            (Kind::Session, "s")
        );
        assert_eq!(&*session.name.issuer, "i");
    }

    #[test]
    fn tokens_issued_up_to_the_signal_are_revoked() {
        let logout = check(&with("jti", json!("x"))).unwrap();
        assert_eq!(logout.revocation.issued_until, 9_990);
        assert_eq!(logout.revocation.expires, 10_990);
        assert_eq!((&*logout.jti, logout.refused_from), ("x", 10_596));
    }

    #[test]
    fn breaking_any_rule_is_a_refusal() {
        let null_event = json!({ EVENT: null });
        let other_event = json!({ "http://other": {} });
        for (name, value) in [
            ("aud", Value::Null),
            ("aud", json!("other")),
            ("aud", json!(["api", "other"])),
            ("aud", json!([])),
            ("aud", json!(["api", 1])),
            ("aud", json!(1)),
            ("iat", Value::Null),
            ("iat", json!("9990")),
            ("iat", json!(10_006)),
            ("iat", json!(9_394)),
            ("exp", Value::Null),
            ("exp", json!("10100")),
            ("exp", json!(9_995)),
            ("nbf", json!(10_006)),
            ("nbf", json!("1")),
            ("jti", Value::Null),
            ("jti", json!("")),
            ("jti", json!(1)),
            ("events", Value::Null),
            ("events", json!([EVENT])),
            ("events", json!({})),
            ("events", null_event),
            ("events", other_event),
            ("nonce", json!("n")),
            ("nonce", json!(false)),
            ("sid", json!("")),
            ("sid", json!(1)),
            ("sub", json!("")),
            ("sub", json!(1)),
        ] {
            let claims = with(name, value);
            assert!(check(&claims).is_err(), "{claims}");
        }
        let mut neither = with("sid", Value::Null);
        neither.as_object_mut().unwrap().remove("sub");
        assert!(check(&neither).is_err());
    }

    #[test]
    fn values_at_the_limit_of_each_rule_pass() {
        for (name, value) in [
            ("aud", json!(["api"])),
            ("iat", json!(10_005)),
            ("iat", json!(9_395)),
            ("exp", json!(9_995.5)),
            ("nbf", json!(10_005)),
            ("events", json!({ EVENT: { "a": 1 }, "http://other": {} })),
        ] {
            let claims = with(name, value);
            assert!(check(&claims).is_ok(), "{claims}");
        }
    }
}
