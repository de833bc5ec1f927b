//! Checks security event tokens (RFC 8417): the events of CAEP and RISC after which a session or an
//! account is no longer trusted.

use super::super::entry::{Kind, Revocation};
use super::{Expected, SignalError, audiences, text};
use crate::token::{Json, Object, quoted};

/// The events that revoke their subject.
const REVOKING: [&str; 4] = [
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
    "https://schemas.openid.net/secevent/caep/event-type/credential-change",
    "https://schemas.openid.net/secevent/risc/event-type/account-disabled",
    "https://schemas.openid.net/secevent/risc/event-type/account-credential-change-required",
];

/// The content of a valid security event token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SecurityEvent {
    pub(crate) revocations: Vec<Revocation>,
    /// Revoking events whose subject cannot be mapped to a user or a session, quoted for the log.
    pub(crate) unmapped: Vec<Box<str>>,
    /// Events that do not revoke, quoted for the log.
    pub(crate) others: Vec<Box<str>>,
}

/// Checks the claims of a security event token whose issuer and signature are verified.
///
/// # Errors
/// Returns the first rule that is broken.
pub(crate) fn check_security_event(
    issuer: &str,
    claims: Object<'_>,
    expected: &Expected<'_>,
) -> Result<SecurityEvent, SignalError> {
    if !audiences(claims)?.contains(&expected.audience) {
        return Err(SignalError::Audience);
    }
    text(claims, "jti")?;
    let iat = expected.issued_at(claims)?;
    // An event does not expire (RFC 8417 §2.2), so a token that expires is something else.
    if claims.get("exp").is_some() {
        return Err(SignalError::Claim("exp", "is not allowed"));
    }
    let no_events = SignalError::Claim("events", "is not an object of objects, or empty");
    let Some(events) = claims.get("events").and_then(Json::as_object) else {
        return Err(no_events);
    };
    if events.members().next().is_none() {
        return Err(no_events);
    }
    let mut checked = SecurityEvent {
        revocations: Vec::new(),
        unmapped: Vec::new(),
        others: Vec::new(),
    };
    for (name, event) in events.members() {
        let Some(event) = event.as_object() else {
            return Err(no_events);
        };
        if !REVOKING.contains(&name.as_str()) {
            checked.others.push(quoted(name.as_str()));
            continue;
        }
        let subject = claims.get("sub_id");
        let subject = subject.or_else(|| event.get("sub_id"));
        let subject = subject.or_else(|| event.get("subject"));
        match subject.and_then(|subject| map_subject(subject, issuer)) {
            Some((kind, value)) => {
                let revocation = expected.revocation(issuer, kind, value, iat);
                checked.revocations.push(revocation);
            }
            None => checked.unmapped.push(quoted(name.as_str())),
        }
    }
    Ok(checked)
}

/// Maps a subject identifier (RFC 9493) to a user or a session of the issuer.
fn map_subject<'s>(subject: Json<'s>, issuer: &str) -> Option<(Kind, &'s str)> {
    let subject = subject.as_object()?;
    let text = |name| text(subject, name).ok();
    match text("format")? {
        "iss_sub" if text("iss")? == issuer => Some((Kind::User, text("sub")?)),
        "opaque" => Some((Kind::Session, text("id")?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::test_claims::{EXPECTED, changed};
    use super::*;
    use crate::token::Document;

    fn check(claims: &Value) -> Result<SecurityEvent, SignalError> {
        let text = claims.to_string();
        check_security_event("i", Document::parse(text).unwrap().object(), &EXPECTED)
    }

    fn user() -> Value {
        json!({ "format": "iss_sub", "iss": "i", "sub": "u" })
    }

    /// Returns the claims of a valid token with one claim changed. `null` removes the claim.
    fn with(name: &str, value: Value) -> Value {
        let claims = json!({
            "iss": "i", "aud": "api", "iat": 9_990, "jti": "j",
            "sub_id": user(), "events": { REVOKING[0]: {} },
        });
        changed(claims, name, value)
    }

    #[test]
    fn breaking_any_rule_is_a_refusal() {
        for (name, value) in [
            ("aud", Value::Null),
            ("aud", json!("other")),
            ("aud", json!(["other"])),
            ("aud", json!(["api", 1])),
            ("jti", Value::Null),
            ("jti", json!("")),
            ("jti", json!(7)),
            ("iat", Value::Null),
            ("iat", json!("9990")),
            ("iat", json!(10_006)),
            ("exp", json!(20_000)),
            ("exp", json!(false)),
            ("events", Value::Null),
            ("events", json!({})),
            ("events", json!([REVOKING[0]])),
            ("events", json!({ REVOKING[0]: null })),
            ("events", json!({ REVOKING[0]: {}, "http://other": 1 })),
        ] {
            let claims = with(name, value);
            assert!(check(&claims).is_err(), "{claims}");
        }
        for aud in [json!(["other", "api"]), json!(["api"])] {
            assert!(check(&with("aud", aud)).is_ok());
        }
        assert!(check(&with("iat", json!(10_005))).is_ok());
        assert!(check(&with("iat", json!(1))).is_ok(), "an event may be old");
    }

    #[test]
    fn each_revoking_event_revokes_its_subject_for_tokens_up_to_its_time() {
        for event in REVOKING {
            let checked = check(&with("events", json!({ event: {} }))).unwrap();
            let [revocation] = &*checked.revocations else {
                panic!("{event}: {checked:?}");
            };
            assert_eq!(revocation.name.kind, Kind::User);
            assert_eq!(
                (&*revocation.name.value, &*revocation.name.issuer),
                ("u", "i")
            );
            assert_eq!(
                (revocation.issued_until, revocation.expires),
                (9_990, 10_990)
            );
        }
    }

    #[test]
    fn the_subject_is_at_the_top_or_inside_the_event() {
        let session = json!({ "format": "opaque", "id": "s" });
        for inside in ["sub_id", "subject"] {
            let events = json!({ REVOKING[0]: { inside: session } });
            let mut claims = with("sub_id", Value::Null);
            claims["events"] = events.clone();
            let checked = check(&claims).unwrap();
            assert_eq!(checked.revocations[0].name.kind, Kind::Session, "{inside}");
            assert_eq!(&*checked.revocations[0].name.value, "s");
            let both = check(&with("events", events)).unwrap();
            assert_eq!(
                both.revocations[0].name.kind,
                Kind::User,
                "the subject at the top applies"
            );
        }
    }

    #[test]
    fn a_subject_that_cannot_be_mapped_revokes_nothing() {
        for subject in [
            Value::Null,
            json!("u"),
            json!({}),
            json!({ "format": "email", "email": "a@b" }),
            json!({ "format": "iss_sub", "iss": "other", "sub": "u" }),
            json!({ "format": "iss_sub", "iss": "i" }),
            json!({ "format": "iss_sub", "iss": "i", "sub": "" }),
            json!({ "format": "opaque", "id": 1 }),
            json!({ "format": "complex", "user": user() }),
            json!({ "iss": "i", "sub": "u" }),
        ] {
            let checked = check(&with("sub_id", subject.clone())).unwrap();
            assert!(checked.revocations.is_empty(), "{subject}");
            assert_eq!(checked.unmapped.len(), 1, "{subject}");
        }
    }

    #[test]
    fn other_events_are_accepted_and_revoke_nothing() {
        let events = json!({ "https://other/event": {}, REVOKING[1]: {} });
        let checked = check(&with("events", events)).unwrap();
        assert_eq!(checked.revocations.len(), 1);
        assert_eq!(&*checked.others[0], "\"https://other/event\"");
        assert_eq!(checked.others.len(), 1);
    }
}
