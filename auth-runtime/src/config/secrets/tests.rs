use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

use super::super::Mode;
use super::super::test_config::{expect, read as read_all};
use super::*;
use crate::jwks::Algorithm;

const AUDIENCE: &str = "audience = 'api'\n";
const STRONG: &str = "secret = '0123456789abcdef0123456789abcdef'\n";

fn read(keys: &str) -> Result<SecretSettings, Vec<String>> {
    match read_all(keys)?.mode {
        Mode::SharedSecret(settings) => Ok(settings),
        mode => panic!("the secret is the only key: {keys} {mode:?}"),
    }
}

#[track_caller]
fn expect_beside_secret(keys: &str, problem: &str) {
    expect(&format!("{AUDIENCE}{STRONG}{keys}"), problem);
}

#[test]
fn a_secret_needs_an_audience_and_no_issuer() {
    let settings = read(&format!("{AUDIENCE}{STRONG}")).unwrap();
    assert!(settings.issuers.is_empty());
    assert_eq!(settings.audience, ["api"]);
    let problems = read(STRONG).unwrap_err();
    assert!(
        problems[0].starts_with("`auth.audience`: it is missing"),
        "{problems:?}"
    );
    let with_issuer = read(&format!("{AUDIENCE}{STRONG}issuer = 'any-name'")).unwrap();
    assert_eq!(with_issuer.issuers, ["any-name"]);
}

#[test]
fn base64_is_read_in_both_alphabets_with_padding_and_without() {
    // The 34 bytes need padding, and contain both characters in which the alphabets differ.
    let secret: Vec<u8> = [0xfb, 0xff, 0xfe].into_iter().cycle().take(34).collect();
    let standard = STANDARD.encode(&secret);
    assert!(standard.contains('+') && standard.contains('/') && standard.ends_with("=="));
    let texts = [
        standard.trim_end_matches('=').to_owned(),
        standard,
        URL_SAFE.encode(&secret),
        URL_SAFE_NO_PAD.encode(&secret),
    ];
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let signature = hmac::sign(&key, b"message");
    for text in texts {
        let settings = read(&format!("{AUDIENCE}secret_base64 = '{text}'")).unwrap();
        let mut verifiers = settings.secrets.candidates(None, Algorithm::HS256);
        assert!(
            verifiers.any(|key| key.has_signed(b"message", signature.as_ref())),
            "{text}"
        );
        assert_eq!(settings.secrets.len(), 1);
    }
    for text in ["not base64!", "a", "=", "+-+-", "YWJ\\u0000"] {
        expect(
            &format!("{AUDIENCE}secret_base64 = '{text}'"),
            "`auth.secret_base64` (from Rocket.toml): it is not base64 in the standard or the \
             URL alphabet",
        );
    }
}

#[test]
fn a_weak_secret_stops_the_launch_unless_it_is_allowed() {
    let weak = format!("{AUDIENCE}secret = '0123456789abcdef0123456789abcde'");
    let problems = read(&weak).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("`auth.secret` (from Rocket.toml): a secret has 31 bytes"));
    assert!(problems[0].contains("`allow_weak_secret = true`"));
    assert!(
        !problems[0].contains("0123"),
        "the message quotes the secret"
    );
    assert!(read(&format!("{weak}\nallow_weak_secret = true")).is_ok());
    assert!(read(&format!("{weak}\nallow_weak_secret = false")).is_err());
    expect_beside_secret(
        "allow_weak_secret = 'yes'",
        "`auth.allow_weak_secret` (from Rocket.toml): it must be `true` or `false`",
    );
    expect(
        &format!("{AUDIENCE}issuer = 'https://a.invalid'\nallow_weak_secret = true"),
        "`auth.allow_weak_secret` (from Rocket.toml): there is no secret to allow: remove it",
    );
}

#[test]
fn several_secrets_are_for_rotation() {
    let secrets = |count: usize| {
        let list: Vec<_> = (0..count).map(|one| format!("'{one:032}'")).collect();
        format!("{AUDIENCE}secret = [{}]", list.join(","))
    };
    assert!(read(&secrets(4)).is_ok());
    expect(
        &secrets(5),
        "`auth.secret` (from Rocket.toml): it holds more than 4 secrets",
    );
}

#[test]
fn other_key_sources_cannot_be_set_beside_a_secret() {
    for (key, value) in [
        ("jwks_uri", "'https://a.invalid/keys'"),
        ("discovery", "true"),
        ("jwks_file", "'keys.json'"),
        ("public_key", "'key.pem'"),
        ("ca_certificate", "'ca.pem'"),
        ("jwks_snapshot", "'copy.json'"),
    ] {
        expect_beside_secret(
            &format!("{key} = {value}"),
            &format!(
                "`auth.{key}` (from Rocket.toml): it cannot be set beside a shared secret: \
                 keep one of them, or set `secret_until` for a migration"
            ),
        );
    }
    assert!(read(&format!("{AUDIENCE}{STRONG}discovery = false")).is_ok());
    expect_beside_secret(
        "secret_base64 = 'MDEy'",
        "`auth.secret_base64` (from Rocket.toml): it cannot be set beside `secret`: keep one of them",
    );
}

#[test]
fn the_algorithm_of_a_secret_is_hs256() {
    assert!(read(&format!("{AUDIENCE}{STRONG}algorithms = 'HS256'")).is_ok());
    for algorithms in ["'RS256'", "['HS256', 'RS256']", "'HS384'", "'none'"] {
        expect_beside_secret(
            &format!("algorithms = {algorithms}"),
            "`auth.algorithms` (from Rocket.toml): with a shared secret it can only be \
             `HS256`: remove the others, or remove the secret",
        );
    }
}

const UNTIL: &str = "secret_until = '2030-12-31'\n";

#[test]
fn a_migration_has_a_key_set_and_a_secret() {
    let issuer = "issuer = 'https://a.invalid/'\naudience = 'api'\n";
    for more in ["", "algorithms = 'ES256'", "discovery = true"] {
        let settings = read_all(&format!("{issuer}{STRONG}{UNTIL}{more}")).unwrap();
        let Mode::Migration(issuers, secret) = &settings.mode else {
            panic!("both serve: {settings:?}");
        };
        assert_eq!(issuers[0].names, ["https://a.invalid/"]);
        assert!(issuers[0].algorithms.iter().all(|it| it.is_asymmetric()));
        assert_eq!(secret.keys.len(), 1);
        // GNU date: date -u -d 2031-01-01 +%s
        let until = UNIX_EPOCH + std::time::Duration::from_secs(1_924_992_000);
        assert_eq!(secret.until, until);
    }
}

#[test]
fn a_date_may_be_without_quotes() {
    let issuer = "issuer = 'https://a.invalid/'\naudience = 'api'\n";
    for until in ["2030-12-31", "2030-12-31T23:00:00Z"] {
        let keys = format!("{issuer}{STRONG}secret_until = {until}");
        assert!(
            matches!(read_all(&keys).unwrap().mode, Mode::Migration(..)),
            "{until}"
        );
    }
}

#[test]
fn a_migration_that_cannot_work_is_reported() {
    let issuer = "issuer = 'https://a.invalid/'\naudience = 'api'\n";
    expect(
        &format!("{issuer}{UNTIL}"),
        "`auth.secret_until` (from Rocket.toml): there is no secret that it could end: remove it, \
         or set `secret`",
    );
    expect(
        &format!("{issuer}{STRONG}secret_until = 'soon'"),
        "`auth.secret_until` (from Rocket.toml): it must be a date or a time by RFC 3339, such as \
         \"2030-12-31\" or \"2030-12-31T18:00:00Z\"",
    );
    let weak = format!("{issuer}secret = 'short'\n{UNTIL}");
    assert!(read_all(&weak).unwrap_err()[0].contains("a secret has 5 bytes"));
    let problems = read_all(&format!("{AUDIENCE}{STRONG}{UNTIL}")).unwrap_err();
    assert!(
        problems[0].starts_with("`auth.issuer`: it is missing"),
        "{problems:?}"
    );
    let issuers = "[[default.auth.issuers]]\nissuer = 'https://a.invalid/'";
    let problems = read_all(&format!("{AUDIENCE}{STRONG}{UNTIL}{issuers}")).unwrap_err();
    assert!(
        problems[0].starts_with(
            "`auth.issuers` (from Rocket.toml): it cannot be set beside `secret_until`"
        ),
        "{problems:?}"
    );
    let hs256 = format!("{issuer}{STRONG}{UNTIL}algorithms = ['RS256', 'HS256']");
    assert!(read_all(&hs256).unwrap_err()[0].starts_with("`auth.algorithms` "));
}
