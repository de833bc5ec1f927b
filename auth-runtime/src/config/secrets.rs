//! Shared-secret mode: HS256 with a secret that issuer and API both hold.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::issuers::{self, IssuerSettings, KeySettings};
use super::reader::Reader;
use crate::jwks::{Algorithm, KeySet, MAX_CANDIDATES};

/// RFC 7518 §3.2: a key of the size of the hash output or larger.
const FEWEST_BYTES: usize = 32;
const KEYS: [&str; 2] = ["secret", "secret_base64"];
/// What makes no sense beside a secret.
const EXCLUDED: [&str; 7] = [
    "ca_certificate",
    "discovery",
    "issuers",
    "jwks_file",
    "jwks_snapshot",
    "jwks_uri",
    "public_key",
];

/// Whether the configuration is meant for shared-secret mode.
pub(super) fn is_wanted(reader: &Reader<'_>) -> bool {
    KEYS.iter().any(|key| reader.has(key))
}

pub(super) fn read(reader: &mut Reader<'_>, allow_weak: bool) -> Option<IssuerSettings> {
    for key in EXCLUDED {
        if reader.wants(key) {
            reader.problem(
                key,
                "it cannot stand beside a shared secret: keep one of the two",
            );
        }
    }
    let [plain, base64] = KEYS;
    let secrets = match (reader.has(plain), reader.has(base64)) {
        (true, true) => {
            reader.problem(base64, "it stands beside `secret`: keep one of the two");
            return None;
        }
        (true, false) => reader
            .strings(plain)?
            .into_iter()
            .map(String::into_bytes)
            .collect(),
        _ => decoded(reader, base64)?,
    };
    let key = if reader.has(plain) { plain } else { base64 };
    check_lengths(reader, key, &secrets, allow_weak);
    check_algorithms(reader);
    Some(IssuerSettings {
        names: reader.strings("issuer").unwrap_or_default(),
        audience: issuers::audience(reader),
        algorithms: vec![Algorithm::HS256],
        keys: KeySettings::Fixed {
            keys: KeySet::from_secrets(&secrets),
            from: "a shared secret".to_owned(),
        },
    })
}

/// Both alphabets of RFC 4648, with or without padding.
fn decoded(reader: &mut Reader<'_>, key: &str) -> Option<Vec<Vec<u8>>> {
    let texts = reader.strings(key)?;
    let decode = |text: &String| {
        let text = text
            .trim_end_matches('=')
            .replace('-', "+")
            .replace('_', "/");
        STANDARD_NO_PAD.decode(text).ok()
    };
    let secrets: Option<Vec<_>> = texts.iter().map(decode).collect();
    if secrets.is_none() {
        reader.problem(
            key,
            "it is not base64, neither in the standard nor in the URL alphabet",
        );
    }
    secrets
}

fn check_lengths(reader: &mut Reader<'_>, key: &str, secrets: &[Vec<u8>], allow_weak: bool) {
    if secrets.len() > MAX_CANDIDATES {
        reader.problem(key, &format!("it must be at most {MAX_CANDIDATES} secrets"));
    }
    let shortest = secrets.iter().map(Vec::len).min().unwrap_or_default();
    if shortest == 0 {
        reader.problem(key, "a secret must not be empty");
    } else if shortest < FEWEST_BYTES && !allow_weak {
        reader.problem(
            key,
            &format!(
                "a secret has {shortest} bytes, and under {FEWEST_BYTES} it can be guessed from a \
                 token (RFC 7518 §3.2): use a longer one, or accept the risk by \
                 `allow_weak_secret = true`"
            ),
        );
    }
}

fn check_algorithms(reader: &mut Reader<'_>) {
    let names = reader.strings("algorithms").unwrap_or_default();
    if names.iter().any(|name| name != "HS256") {
        reader.problem(
            "algorithms",
            "with a shared secret it can be `HS256` alone: remove the others, or the secret",
        );
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

    use super::super::test_config::{expect, read};
    use aws_lc_rs::hmac;

    use super::*;

    const AUDIENCE: &str = "audience = 'api'\n";
    const STRONG: &str = "secret = '0123456789abcdef0123456789abcdef'\n";

    #[track_caller]
    fn expect_beside_secret(keys: &str, problem: &str) {
        expect(&format!("{AUDIENCE}{STRONG}{keys}"), problem);
    }

    #[test]
    fn a_secret_needs_an_audience_and_no_issuer() {
        let settings = read(&format!("{AUDIENCE}{STRONG}")).unwrap();
        assert!(settings.shared_secret);
        assert_eq!(settings.issuers[0].algorithms, [Algorithm::HS256]);
        assert!(settings.issuers[0].names.is_empty());
        let problems = read(STRONG).unwrap_err();
        assert!(
            problems[0].starts_with("`auth.audience`: it is missing"),
            "{problems:?}"
        );
        let with_issuer = read(&format!("{AUDIENCE}{STRONG}issuer = 'any name'")).unwrap();
        assert_eq!(with_issuer.issuers[0].names, ["any name"]);
    }

    #[test]
    fn base64_is_read_in_both_alphabets_with_padding_and_without() {
        // Of 34 bytes, so that there is padding, and with both letters that differ.
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
            let KeySettings::Fixed { keys, .. } = &settings.issuers[0].keys else {
                panic!("a secret is not fetched");
            };
            let mut verifiers = keys.candidates(None, Algorithm::HS256);
            assert!(
                verifiers.any(|key| key.has_signed(b"message", signature.as_ref())),
                "{text}"
            );
            assert_eq!(keys.len(), 1);
        }
        for text in ["not base64!", "a", "YWJ\\u0000"] {
            expect(
                &format!("{AUDIENCE}secret_base64 = '{text}'"),
                "`auth.secret_base64` (from Rocket.toml): it is not base64, neither in the standard \
                 nor in the URL alphabet",
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
        assert!(!problems[0].contains("0123"), "it holds no secret");
        assert!(read(&format!("{weak}\nallow_weak_secret = true")).is_ok());
        assert!(read(&format!("{weak}\nallow_weak_secret = false")).is_err());
        expect(
            &format!("{AUDIENCE}secret_base64 = '='\nallow_weak_secret = true"),
            "`auth.secret_base64` (from Rocket.toml): a secret must not be empty",
        );
        expect_beside_secret(
            "allow_weak_secret = 'yes'",
            "`auth.allow_weak_secret` (from Rocket.toml): it must be `true` or `false`",
        );
        expect(
            &format!("{AUDIENCE}issuer = 'https://a.invalid'\nallow_weak_secret = true"),
            "`auth.allow_weak_secret` (from Rocket.toml): there is no secret that it could allow: \
             remove it",
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
            "`auth.secret` (from Rocket.toml): it must be at most 4 secrets",
        );
    }

    #[test]
    fn what_cannot_stand_beside_a_secret_is_told() {
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
                    "`auth.{key}` (from Rocket.toml): it cannot stand beside a shared secret: keep \
                     one of the two"
                ),
            );
        }
        assert!(read(&format!("{AUDIENCE}{STRONG}discovery = false")).is_ok());
        expect_beside_secret(
            "secret_base64 = 'MDEy'",
            "`auth.secret_base64` (from Rocket.toml): it stands beside `secret`: keep one of the two",
        );
    }

    #[test]
    fn the_algorithm_of_a_secret_is_hs256() {
        assert!(read(&format!("{AUDIENCE}{STRONG}algorithms = 'HS256'")).is_ok());
        for algorithms in ["'RS256'", "['HS256', 'RS256']", "'HS384'", "'none'"] {
            expect_beside_secret(
                &format!("algorithms = {algorithms}"),
                "`auth.algorithms` (from Rocket.toml): with a shared secret it can be `HS256` alone: \
                 remove the others, or the secret",
            );
        }
    }
}
