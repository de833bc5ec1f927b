use std::time::Duration;

use super::*;

const SIGNED: Presence = Presence::Signed;

/// Checks claims at second 100.
fn check(presence: Presence, audiences: &[AudienceClaim], text: &str) -> Result<Draft, Failure> {
    let strings = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
    let expected = Expected {
        issuers: &strings(&["i"]),
        audiences: &strings(&["api", "old"]),
        audience_claims: audiences,
        claim_names: &ClaimNames::default(),
        presence,
        leeway: 0.0,
        max_lifetime: None,
    };
    let now = UNIX_EPOCH + Duration::from_secs(100);
    super::check(&Object::parse(text).unwrap(), text.len(), &expected, now)
}

/// Asserts that the first is accepted, and that each of the others is refused as an invalid
/// claim.
fn expect(presence: Presence, audiences: &[AudienceClaim], good: &[&str], bad: &[&str]) {
    for text in good {
        let checked = check(presence, audiences, text);
        assert!(checked.is_ok(), "{text}: {checked:?}");
    }
    for text in bad {
        let checked = check(presence, audiences, text);
        assert!(
            matches!(checked, Err(Failure::InvalidClaim(_))),
            "{text}: {checked:?}"
        );
    }
}

#[test]
fn the_audience_is_in_aud_unless_another_claim_is_named() {
    expect(
        SIGNED,
        &[AudienceClaim::Audience],
        &[r#"{"iss":"i","exp":101,"aud":"api","client_id":"x"}"#],
        &[
            r#"{"iss":"i","exp":101,"client_id":"api"}"#,
            r#"{"iss":"i","exp":101,"azp":"api"}"#,
            r#"{"iss":"i","exp":101}"#,
        ],
    );
}

#[test]
fn another_claim_holds_the_audience_only_in_a_token_without_aud() {
    use AudienceClaim::{Audience, AuthorizedParty, ClientId};
    expect(
        SIGNED,
        &[Audience, ClientId, AuthorizedParty],
        &[
            r#"{"iss":"i","exp":101,"aud":["x","api"],"client_id":"x"}"#,
            r#"{"iss":"i","exp":101,"client_id":"api"}"#,
            r#"{"iss":"i","exp":101,"client_id":"old","azp":"x"}"#,
            r#"{"iss":"i","exp":101,"azp":"api"}"#,
        ],
        &[
            r#"{"iss":"i","exp":101,"aud":"x","client_id":"api"}"#,
            r#"{"iss":"i","exp":101,"aud":[],"client_id":"api"}"#,
            r#"{"iss":"i","exp":101,"aud":"","client_id":"api"}"#,
            r#"{"iss":"i","exp":101,"aud":null,"client_id":"api"}"#,
            r#"{"iss":"i","exp":101,"client_id":["api"]}"#,
            r#"{"iss":"i","exp":101,"client_id":"x","azp":"api"}"#,
            r#"{"iss":"i","exp":101,"client_id":null,"azp":"api"}"#,
            r#"{"iss":"i","exp":101}"#,
        ],
    );
    expect(
        SIGNED,
        &[ClientId],
        &[r#"{"iss":"i","exp":101,"client_id":"api"}"#],
        &[
            r#"{"iss":"i","exp":101,"azp":"api"}"#,
            r#"{"iss":"i","exp":101,"aud":"api","client_id":"api"}"#,
        ],
    );
}

#[test]
fn an_introspected_token_may_lack_what_the_issuer_vouches_for() {
    let audience = [AudienceClaim::Audience];
    let bad = [
        r#"{"iss":"x","aud":"api"}"#,
        r#"{"iss":1,"aud":"api"}"#,
        r#"{"aud":"x"}"#,
        r#"{"aud":1}"#,
        r#"{"aud":"api","nbf":101}"#,
        r#"{"aud":"api","nbf":"1"}"#,
        r#"{"aud":"api","exp":"101"}"#,
        r#"{"aud":"api","cnf":"x"}"#,
        r#"{"aud":"api","sub":1}"#,
        r#"{"aud":"api","iat":"1"}"#,
        r#"{"aud":"api","events":{}}"#,
    ];
    let required = Presence::Introspected { audience: true };
    expect(
        required,
        &audience,
        &[r#"{"aud":"api"}"#, r#"{"aud":["old"],"exp":101}"#],
        &bad,
    );
    expect(required, &audience, &[], &["{}"]);
    let optional = Presence::Introspected { audience: false };
    expect(
        optional,
        &audience,
        &["{}", r#"{"aud":"api","iss":"i"}"#],
        &bad,
    );
    let expired = check(optional, &audience, r#"{"exp":100}"#);
    assert!(matches!(expired, Err(Failure::Expired(_))), "{expired:?}");
}

#[test]
fn a_token_with_events_is_never_an_access_token() {
    for events in ["{}", "null", "[]", "false"] {
        let text = format!(r#"{{"iss":"i","exp":101,"aud":"api","events":{events}}}"#);
        expect(SIGNED, &[AudienceClaim::Audience], &[], &[&text]);
    }
}

#[test]
fn a_confirmation_is_an_object() {
    let with = |cnf| format!(r#"{{"iss":"i","exp":101,"aud":"api","cnf":{cnf}}}"#);
    let bad = ["null", "1.5", "[]", "1", "true", r#"{"jkt":"x"}"#].map(with);
    expect(
        SIGNED,
        &[AudienceClaim::Audience],
        &[&with("{}"), &with(r#"{"x":"y"}"#)],
        &bad.each_ref().map(String::as_str),
    );
}

#[test]
fn expiry_comes_before_all_other_claims() {
    let text = r#"{"exp":100,"nbf":"x","iat":"x","iss":1,"aud":1,"sub":1,"events":1,"cnf":1}"#;
    let checked = check(SIGNED, &[AudienceClaim::Audience], text);
    assert!(matches!(checked, Err(Failure::Expired(_))), "{checked:?}");
}
