use std::time::Duration;

use super::*;
use crate::token::Document;

const SIGNED: Presence = Presence::Signed;

/// Checks claims at second 100.
fn check(presence: Presence, audiences: &[AudienceClaim], text: &str) -> Result<(), Failure> {
    check_with(presence, audiences, text, |_| {})
}

/// Checks claims at second 100 with the expectations that this changes.
fn check_with(
    presence: Presence,
    audiences: &[AudienceClaim],
    text: &str,
    change: impl FnOnce(&mut Expected<'_>),
) -> Result<(), Failure> {
    let strings = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
    let (issuers, accepted) = (strings(&["i"]), strings(&["api", "old"]));
    let mut expected = Expected {
        issuers: &issuers,
        audiences: &accepted,
        audience_claims: audiences,
        presence,
        leeway: 0.0,
        max_lifetime: None,
    };
    change(&mut expected);
    let now = UNIX_EPOCH + Duration::from_secs(100);
    let claims = Document::parse(text).unwrap();
    super::check(&FoundClaims::new(claims.object()), &expected, now)
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

/// Checks a signed token with these claims beside `iss` and `aud`, and says how that ends.
fn result_of(presence: Presence, more: &str, change: impl FnOnce(&mut Expected<'_>)) -> String {
    let text = format!(r#"{{"iss":"i","aud":"api",{more}}}"#);
    match check_with(presence, &[AudienceClaim::Audience], &text, change) {
        Ok(()) => "accepted".to_owned(),
        Err(failure) => format!("{failure:?}"),
    }
}

#[test]
fn a_token_is_expired_from_exp_plus_leeway_on_and_not_valid_before_nbf_minus_leeway() {
    for (leeway, claims, expected) in [
        (0.0, r#""exp":101"#, "accepted"),
        (0.0, r#""exp":100"#, "Expired(0.0)"),
        (0.0, r#""exp":97"#, "Expired(3.0)"),
        (2.0, r#""exp":99"#, "accepted"),
        (2.0, r#""exp":98"#, "Expired(2.0)"),
        (0.0, r#""exp":101,"nbf":100"#, "accepted"),
        (
            0.0,
            r#""exp":200,"nbf":103"#,
            "InvalidClaim(NotYetValid(3.0))",
        ),
        (2.0, r#""exp":200,"nbf":102"#, "accepted"),
        (
            2.0,
            r#""exp":200,"nbf":103"#,
            "InvalidClaim(NotYetValid(3.0))",
        ),
    ] {
        let result = result_of(SIGNED, claims, |rules| rules.leeway = leeway);
        assert_eq!(result, expected, "{claims} with {leeway}");
    }
}

#[test]
fn a_token_lives_at_most_as_long_as_the_longest_lifetime_whatever_the_leeway() {
    for (claims, expected) in [
        (r#""iat":90,"exp":139"#, "accepted"),
        (r#""iat":90,"exp":140"#, "accepted"),
        (r#""iat":90,"exp":141"#, "InvalidClaim(LivesTooLong(51.0))"),
        (r#""iat":10,"exp":190"#, "InvalidClaim(LivesTooLong(180.0))"),
        (r#""exp":141"#, "InvalidClaim(Missing(IssuedAt))"),
        (
            r#""iat":"90","exp":141"#,
            "InvalidClaim(WrongType(IssuedAt))",
        ),
    ] {
        let result = result_of(SIGNED, claims, |rules| {
            rules.max_lifetime = Some(50.0);
            rules.leeway = 1000.0;
        });
        assert_eq!(result, expected, "{claims}");
    }
    let unlimited = result_of(SIGNED, r#""exp":99999999"#, |_| {});
    assert_eq!(unlimited, "accepted");
}

#[test]
fn a_limited_lifetime_needs_an_end() {
    let introspected = Presence::Introspected { audience: true };
    let result = result_of(introspected, r#""iat":90"#, |rules| {
        rules.max_lifetime = Some(50.0);
    });
    assert_eq!(result, "InvalidClaim(Missing(Expiry))");
}

#[test]
fn a_signed_token_names_its_issuer_unless_none_is_configured() {
    let without = r#"{"exp":101,"aud":"api"}"#;
    let other = r#"{"iss":"x","exp":101,"aud":"api"}"#;
    let audience = [AudienceClaim::Audience];
    let missing = check(SIGNED, &audience, without);
    assert!(
        matches!(
            missing,
            Err(Failure::InvalidClaim(InvalidClaim::Missing(Claim::Issuer)))
        ),
        "{missing:?}"
    );
    expect(SIGNED, &audience, &[], &[other]);
    for text in [without, other] {
        let checked = check_with(SIGNED, &audience, text, |rules| rules.issuers = &[]);
        assert!(checked.is_ok(), "{text}: {checked:?}");
    }
}

#[test]
fn rfc_9068_requires_more_claims_of_a_signed_token() {
    let all = [
        (r#""sub":"s""#, "Subject"),
        (r#""client_id":"c""#, "ClientId"),
        (r#""jti":"j""#, "TokenId"),
        (r#""iat":90"#, "IssuedAt"),
    ];
    let complete = all.map(|(claim, _)| claim).join(",");
    let result = result_of(Presence::AtJwt, &format!(r#""exp":101,{complete}"#), |_| {});
    assert_eq!(result, "accepted");
    for (missing, name) in all {
        let others = all.map(|(claim, _)| claim);
        let others = others.into_iter().filter(|claim| *claim != missing);
        let others: Vec<_> = others.collect();
        let claims = format!(r#""exp":101,{}"#, others.join(","));
        let result = result_of(Presence::AtJwt, &claims, |_| {});
        assert_eq!(result, format!("InvalidClaim(Missing({name}))"));
        assert_eq!(result_of(SIGNED, &claims, |_| {}), "accepted");
    }
}
