//! Configures issuers whose tokens are introspected (RFC 7662).

use std::fs;
use std::time::Duration;

use reqwest::tls::Certificate;
use rocket::figment::value::Value;
use url::Url;

use super::endpoint::endpoint;
use super::key::{Key, OptionalKey, Row, keys};
use super::named::Named;
use super::names::name;
use super::reader::Reader;
use super::trust;
use super::values::{choice, path, seconds, text};
use crate::introspect::{ClientKey, Credentials, Method};

/// How the tokens of an issuer are introspected.
#[derive(Debug)]
pub(crate) struct IntrospectionSettings {
    pub(crate) endpoint: Url,
    pub(crate) credentials: Credentials,
    pub(crate) authorities: Vec<Certificate>,
    pub(crate) audience: AudienceRule,
    pub(crate) cache_ttl: Duration,
}

/// The requirement on the `aud` of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AudienceRule {
    /// It must be present and accepted.
    Required,
    /// It must be accepted if it is present.
    Optional,
}

keys! {
    /// The introspection endpoint (RFC 7662). Tokens of this issuer are introspected and never
    /// verified locally. It cannot be combined with a key source, and one issuer at most can have it.
    INTROSPECTION_ENDPOINT: OptionalKey<String> = ("introspection_endpoint", Issuer, "none", name);

    /// The name under which this API authenticates at the introspection endpoint.
    CLIENT_ID: OptionalKey<String> = ("client_id", Issuer,
        "required with `introspection_endpoint`", text);

    /// The secret of this API at the introspection endpoint (`client_secret_basic`).
    CLIENT_SECRET: OptionalKey<String> = ("client_secret", Issuer,
        "this or `client_key` is required with `introspection_endpoint`", text, is_secret = true);

    /// A PEM file with the private key of this API for the introspection endpoint
    /// (`private_key_jwt`): RSA (RS256), RSA-PSS (PS256), P-256 (ES256) or Ed25519 (`EdDSA`).
    CLIENT_KEY: OptionalKey<String> = ("client_key", Issuer,
        "this or `client_secret` is required with `introspection_endpoint`", path);

    /// `"unchecked"` accepts an answer without `aud`. An `aud` that is present is still checked.
    INTROSPECTION_AUDIENCE: OptionalKey<AudienceRule> = ("introspection_audience", Issuer,
        "checked and required", unchecked);

    /// How long an active answer is used again, in seconds, and never past its `exp`. `0` turns it
    /// off.
    INTROSPECTION_CACHE_TTL: Key<Duration> = ("introspection_cache_ttl", Issuer, "30", seconds);
}

/// Reports credentials for an endpoint that is not set.
pub(super) fn refuse_without_endpoint(reader: &mut Reader) {
    let credentials: [&Row; 3] = [&CLIENT_ID, &CLIENT_SECRET, &CLIENT_KEY];
    for row in credentials {
        if reader.is_set(row) {
            reader.problem(
                row,
                "it works only with `introspection_endpoint`: set that as well, or remove this",
            );
        }
    }
}

/// Reads how the tokens of a table with an endpoint are introspected. The table must not have any of the
/// `excluded` keys.
pub(super) fn read(
    reader: &mut Reader,
    issuers: &Named<'_>,
    authorities: Vec<Certificate>,
    excluded: &[&Row],
) -> Option<IntrospectionSettings> {
    for row in excluded {
        if reader.is_in_use(row) {
            reader.problem(
                row,
                "it cannot be set beside `introspection_endpoint`: keep one of them",
            );
        }
    }
    trust::check(reader, issuers.key, &INTROSPECTION_ENDPOINT);
    let url = reader.optional(&INTROSPECTION_ENDPOINT);
    let endpoint =
        url.and_then(|url| endpoint(reader, &INTROSPECTION_ENDPOINT, &url, issuers.http_hosts));
    let client_id = reader.required(
        &CLIENT_ID,
        "it is missing: set it to the name of this API at the introspection endpoint",
    );
    let method = method(reader);
    let audience = reader.optional(&INTROSPECTION_AUDIENCE);
    let cache_ttl = reader.value(&INTROSPECTION_CACHE_TTL);
    Some(IntrospectionSettings {
        endpoint: endpoint?,
        credentials: Credentials {
            client_id: client_id?,
            method: method?,
        },
        authorities,
        audience: audience.unwrap_or(AudienceRule::Required),
        cache_ttl,
    })
}

fn method(reader: &mut Reader) -> Option<Method> {
    match (reader.is_set(&CLIENT_SECRET), reader.is_set(&CLIENT_KEY)) {
        (true, false) => reader.optional(&CLIENT_SECRET).map(Method::Secret),
        (false, true) => client_key(reader).map(|key| Method::Key(Box::new(key))),
        (true, true) => {
            reader.problem(
                &CLIENT_KEY,
                "it cannot be set beside `client_secret`: keep one of them",
            );
            None
        }
        (false, false) => {
            reader.problem(
                &CLIENT_SECRET,
                "it is missing: set it, or `client_key`, to authenticate at the introspection \
                 endpoint",
            );
            None
        }
    }
}

fn client_key(reader: &mut Reader) -> Option<ClientKey> {
    let path = reader.optional(&CLIENT_KEY)?;
    let pem = match fs::read(&path) {
        Ok(pem) => pem,
        Err(error) => {
            // The text is not shown, because it may be the key itself instead of its path.
            let message = format!(
                "the file cannot be read: {error}: write the path of a PEM file, and not the key \
                 itself"
            );
            reader.problem(&CLIENT_KEY, message);
            return None;
        }
    };
    match ClientKey::from_pem(&pem) {
        Ok(key) => Some(key),
        Err(error) => {
            reader.problem(&CLIENT_KEY, format!("{path}: {error}"));
            None
        }
    }
}

fn unchecked(value: &Value) -> Result<AudienceRule, String> {
    choice(value, &[("unchecked", AudienceRule::Optional)])
}

#[cfg(test)]
mod tests {
    use super::super::test_config::{BOTH, expect_beside, key_sets, read, read_in};
    use super::super::{AudienceRule, KeySettings};
    use crate::jwks::test_keys::pem;

    const ENDPOINT: &str = "introspection_endpoint = 'https://a.invalid/introspect'\n";
    const CLIENT: &str = "client_id = 'api'\nclient_secret = 's'\n";

    #[test]
    fn an_endpoint_and_credentials_are_enough() {
        let settings = read(&format!("{BOTH}{ENDPOINT}{CLIENT}")).unwrap();
        let [issuer] = key_sets(&settings) else {
            panic!("one issuer");
        };
        let KeySettings::Introspection(settings) = &issuer.keys else {
            panic!("it is introspected");
        };
        assert_eq!(settings.endpoint.as_str(), "https://a.invalid/introspect");
        assert_eq!(settings.audience, AudienceRule::Required);
        assert_eq!(settings.cache_ttl.as_secs(), 30);
    }

    #[test]
    fn exactly_one_credential_is_needed() {
        expect_beside(
            &format!("{ENDPOINT}client_secret = 's'"),
            "`auth.client_id`: it is missing: set it to the name of this API at the introspection \
             endpoint",
        );
        expect_beside(
            &format!("{ENDPOINT}client_id = 'api'"),
            "`auth.client_secret`: it is missing: set it, or `client_key`, to authenticate at the \
             introspection endpoint",
        );
        expect_beside(
            &format!("{ENDPOINT}{CLIENT}client_key = 'key.pem'"),
            "`auth.client_key` (from Rocket.toml): it cannot be set beside `client_secret`: keep \
             one of them",
        );
    }

    #[test]
    fn a_client_key_is_a_private_key_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let keys = format!("{BOTH}{ENDPOINT}client_id = 'api'\nclient_key = '%/key.pem'");
        let problems = read_in(&folder, &keys).unwrap_err();
        assert!(
            problems[0].contains("the file cannot be read: "),
            "{problems:?}"
        );
        let path = folder.path().join("key.pem");
        std::fs::write(&path, pem("PUBLIC KEY", &[1])).unwrap();
        let problems = read_in(&folder, &keys).unwrap_err();
        assert!(
            problems[0].contains("no unencrypted private key"),
            "{problems:?}"
        );
        let key = rcgen::KeyPair::generate().unwrap();
        std::fs::write(&path, key.serialize_pem()).unwrap();
        assert!(read_in(&folder, &keys).is_ok());
    }

    #[test]
    fn a_key_in_the_place_of_its_path_is_never_shown() {
        let pem = "-----BEGIN PRIVATE KEY-----\\nMIIhush\\n-----END PRIVATE KEY-----\\n";
        for key in [pem, "MIIhush", "{\\\"kty\\\":\\\"hush\\\"}"] {
            let keys = format!("{BOTH}{ENDPOINT}client_id = 'api'\nclient_key = \"{key}\"");
            let problems = read(&keys).unwrap_err();
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(
                problems[0].starts_with("`auth.client_key` (from Rocket.toml): "),
                "{problems:?}"
            );
            assert!(problems[0].contains("path"), "{problems:?}");
            assert!(!problems[0].contains("hush"), "{problems:?}");
        }
    }

    #[test]
    fn an_endpoint_takes_the_place_of_keys() {
        for (key, value) in [
            ("jwks_uri", "'https://a.invalid/keys'"),
            ("discovery", "true"),
            ("jwks_file", "'keys.json'"),
            ("public_key", "'key.pem'"),
            ("jwks_snapshot", "'copy.json'"),
        ] {
            expect_beside(
                &format!("{ENDPOINT}{CLIENT}{key} = {value}"),
                &format!(
                    "`auth.{key}` (from Rocket.toml): it cannot be set beside \
                     `introspection_endpoint`: keep one of them"
                ),
            );
        }
        assert!(read(&format!("{BOTH}{ENDPOINT}{CLIENT}discovery = false")).is_ok());
    }

    #[test]
    fn credentials_need_an_endpoint() {
        for (key, value) in [
            ("client_id", "'a'"),
            ("client_secret", "'a'"),
            ("client_key", "'a'"),
        ] {
            expect_beside(
                &format!("{key} = {value}"),
                &format!(
                    "`auth.{key}` (from Rocket.toml): it works only with \
                     `introspection_endpoint`: set that as well, or remove this"
                ),
            );
        }
    }

    #[test]
    fn one_issuer_at_most_is_introspected() {
        let table = |issuer: &str| {
            format!("[[default.auth.issuers]]\nissuer = 'https://{issuer}/'\n{ENDPOINT}{CLIENT}")
        };
        let with_keys = "[[default.auth.issuers]]\nissuer = 'https://c/'\n";
        let audience = "audience = 'api'\n";
        assert!(read(&format!("{audience}{}{with_keys}", table("a"))).is_ok());
        let problems = read(&format!("{audience}{}{}", table("a"), table("b"))).unwrap_err();
        assert_eq!(
            problems,
            [
                "`auth.issuers` (from Rocket.toml): two of them have `introspection_endpoint`: a token \
              that is not a JWT does not say which of them to ask"
            ]
        );
    }

    #[test]
    fn an_endpoint_is_reached_safely_and_its_audience_rule_is_a_word() {
        let problems = read(&format!(
            "{BOTH}{CLIENT}introspection_endpoint = 'http://a.invalid/'"
        ));
        assert!(problems.unwrap_err()[0].contains("plain http"));
        expect_beside(
            &format!("{ENDPOINT}{CLIENT}introspection_audience = 'checked'"),
            "`auth.introspection_audience` (from Rocket.toml): it must be \"unchecked\"",
        );
    }
}
