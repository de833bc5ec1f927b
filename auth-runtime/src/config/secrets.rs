//! The keys of shared-secret mode: HS256 with a secret that both issuer and API hold.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rocket::figment::value::Value;

use super::issuers::{self, ALGORITHMS, ISSUER, ISSUERS};
use super::key::{Key, OptionalKey, Row, keys};
use super::key_source;
use super::reader::Reader;
use super::trust;
use super::values::{flag, texts};
use crate::jwks::{KeySet, MAX_CANDIDATES};

/// RFC 7518 §3.2: the key of HS256 has at least the size of the hash.
const MIN_BYTES: usize = 32;

const PADDING_IS_OPTIONAL: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, PADDING_IS_OPTIONAL);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, PADDING_IS_OPTIONAL);

/// Shared-secret mode.
#[derive(Debug)]
pub(crate) struct SecretSettings {
    /// The accepted `iss`; any or none if empty.
    pub(crate) issuers: Vec<String>,
    pub(crate) audience: Vec<String>,
    pub(crate) secrets: KeySet,
}

keys! {
    /// Shared-secret mode (HS256): one secret, or up to four of them, of at least 32 bytes each. It
    /// cannot be combined with another key source.
    SECRET: OptionalKey<Vec<Vec<u8>>> = ("secret", Auth, "none", plain);

    /// The same in base64, in the standard or the URL alphabet, with or without padding.
    SECRET_BASE64: OptionalKey<Vec<Vec<u8>>> = ("secret_base64", Auth, "none", base64);

    /// `true` accepts a shorter secret, which can be guessed from a single token.
    ALLOW_WEAK_SECRET: Key<bool> = ("allow_weak_secret", Auth, "false", flag);
}

/// Reads shared-secret mode; `None` if no secret is set.
pub(super) fn read(reader: &mut Reader) -> Option<SecretSettings> {
    let allow_weak = reader.value(&ALLOW_WEAK_SECRET);
    let key = match (reader.is_set(&SECRET), reader.is_set(&SECRET_BASE64)) {
        (true, false) => &SECRET,
        (false, true) => &SECRET_BASE64,
        (true, true) => {
            reader.problem(
                &SECRET_BASE64,
                "it cannot be set beside `secret`: keep one of them",
            );
            &SECRET
        }
        (false, false) => {
            if allow_weak {
                reader.problem(&ALLOW_WEAK_SECRET, "there is no secret to allow: remove it");
            }
            return None;
        }
    };
    let excluded: Vec<&Row> = key_source::KEYS
        .iter()
        .copied()
        .chain([&*ISSUERS])
        .collect();
    for row in excluded {
        if reader.is_in_use(row) {
            reader.problem(
                row,
                "it cannot be set beside a shared secret: keep one of them",
            );
        }
    }
    trust::check(reader, &ISSUER, key);
    let secrets = reader.optional(key).unwrap_or_default();
    check_lengths(reader, key, &secrets, allow_weak);
    reader.optional_as(&ALGORITHMS, hs256);
    Some(SecretSettings {
        issuers: reader.optional(&ISSUER).unwrap_or_default(),
        audience: issuers::audience(reader),
        secrets: KeySet::from_secrets(&secrets),
    })
}

fn plain(value: &Value) -> Result<Vec<Vec<u8>>, String> {
    let secrets = texts(value)?;
    Ok(secrets.into_iter().map(String::into_bytes).collect())
}

fn base64(value: &Value) -> Result<Vec<Vec<u8>>, String> {
    let decode = |text: &String| STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text));
    let secrets: Result<Vec<_>, _> = texts(value)?.iter().map(decode).collect();
    // The error would quote a byte of the secret.
    secrets.map_err(|_| "it is not base64 in the standard or the URL alphabet".to_owned())
}

fn check_lengths(reader: &mut Reader, key: &Row, secrets: &[Vec<u8>], allow_weak: bool) {
    if secrets.len() > MAX_CANDIDATES {
        reader.problem(key, format!("it holds more than {MAX_CANDIDATES} secrets"));
    }
    let Some(shortest) = secrets.iter().map(Vec::len).min() else {
        return;
    };
    if shortest < MIN_BYTES && !allow_weak {
        let message = format!(
            "a secret has {shortest} bytes, and one of less than {MIN_BYTES} can be guessed from a \
             token (RFC 7518 §3.2): use a longer one, or accept the risk with \
             `allow_weak_secret = true`"
        );
        reader.problem(key, message);
    }
}

fn hs256(value: &Value) -> Result<(), String> {
    if texts(value)?.iter().all(|name| name == "HS256") {
        return Ok(());
    }
    Err(
        "with a shared secret it can only be `HS256`: remove the others, or remove the secret"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;
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
            Mode::KeySets(_) => panic!("there is a secret: {keys}"),
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
                     keep one of them"
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
}
