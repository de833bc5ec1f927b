use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::super::IssuerSettings;
use super::super::test_config::{
    BOTH, expect, expect_beside, key_sets, read, read_in, read_in_profile,
};
use super::*;
use crate::jwks::test_keys::TestKey;

/// Returns where the keys of each issuer are.
fn origins(keys: &str) -> Vec<String> {
    let settings = read(keys).unwrap();
    let origin = |issuer: &IssuerSettings| match &issuer.keys {
        KeySettings::Remote { origin, .. } => origin.url().to_string(),
        KeySettings::Fixed { from, .. } => from.clone(),
        KeySettings::Introspection(settings) => settings.endpoint.to_string(),
    };
    key_sets(&settings).iter().map(origin).collect()
}

#[test]
fn keys_are_expected_at_the_issuer_joined_by_one_slash() {
    for issuer in ["https://a.invalid/x", "https://a.invalid/x/"] {
        assert_eq!(
            origins(&format!("issuer = '{issuer}'\naudience = 'api'")),
            ["https://a.invalid/x/.well-known/jwks.json"]
        );
        assert_eq!(
            origins(&format!(
                "issuer = '{issuer}'\naudience = 'api'\ndiscovery = true"
            )),
            ["https://a.invalid/x/.well-known/openid-configuration"]
        );
    }
    assert_eq!(
        origins(&format!("{BOTH}jwks_uri = 'https://b.invalid/keys?v=1'")),
        ["https://b.invalid/keys?v=1"]
    );
}

#[test]
fn a_list_of_issuers_shares_one_key_set_or_has_one_each() {
    let problems = read(&format!("{BOTH}jwks_snapshot = '%'")).unwrap_err();
    assert!(
        problems[0].ends_with("is a directory: name a file in it"),
        "{problems:?}"
    );
    let list = "issuer = ['https://a.invalid', 'https://b.invalid/']\naudience = 'api'\n";
    assert_eq!(
        origins(list),
        [
            "https://a.invalid/.well-known/jwks.json",
            "https://b.invalid/.well-known/jwks.json"
        ]
    );
    let shared = read(&format!("{list}jwks_uri = 'https://c.invalid/'")).unwrap();
    let shared = key_sets(&shared);
    assert_eq!(shared.len(), 1);
    assert_eq!(shared[0].names, ["https://a.invalid", "https://b.invalid/"]);
}

#[test]
fn plain_http_is_only_for_the_loopback() {
    for host in [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1",
        "127.9.9.9:80",
        "[::1]:8000",
    ] {
        assert!(
            read(&format!("issuer = 'http://{host}/'\naudience = 'api'")).is_ok(),
            "{host}"
        );
    }
    for host in [
        "a.invalid",
        "localhost.a.invalid",
        "127.0.0.1.a.invalid",
        "0.0.0.0",
        "10.0.0.1",
    ] {
        let uri = format!("http://{host}/");
        let keys = format!("{BOTH}jwks_uri = '{uri}'");
        for (profile, alternative) in [
            ("release", ""),
            (
                "debug",
                ", or name the host in `allow_http_hosts` while you develop",
            ),
        ] {
            let expected = format!(
                "`auth.jwks_uri` (from Rocket.toml): `{uri}` is plain http to a host that is not \
                 loopback, so that anyone on the way could replace the keys: use https{alternative}"
            );
            assert_eq!(read_in_profile(profile, &keys).unwrap_err(), [expected]);
        }
        let problems = read(&format!("issuer = '{uri}'\naudience = 'api'")).unwrap_err();
        assert!(problems[0].contains("is plain http"), "{problems:?}");
    }
}

#[test]
fn an_address_must_be_an_https_url() {
    for (uri, reason) in [
        ("a.invalid", "is not a URL (relative URL without a base)"),
        ("ftp://a.invalid/", "is not an https URL"),
        ("file:///keys", "is not an https URL"),
        ("https://a.invalid/#x", "has a fragment"),
        ("https://", "is not a URL"),
    ] {
        let problems = read(&format!("{BOTH}jwks_uri = '{uri}'")).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].starts_with("`auth.jwks_uri` (from Rocket.toml): "),
            "{problems:?}"
        );
        assert!(problems[0].contains(reason), "{problems:?}");
    }
    for uri in [
        "https://user:pass@a.invalid/",
        "https://user:pass@a.invalid:port/",
    ] {
        let problems = read(&format!("{BOTH}jwks_uri = '{uri}'")).unwrap_err();
        assert!(!problems[0].contains("pass@"), "{problems:?}");
    }
    for issuer in ["https://a.invalid/?x", "https://a.invalid/#x"] {
        expect(
            &format!("issuer = '{issuer}'\naudience = 'api'"),
            &format!(
                "`auth.issuer` (from Rocket.toml): `{issuer}` has a query or a fragment: set \
                 `jwks_uri` as well"
            ),
        );
    }
}

#[test]
fn an_issuer_may_be_any_name_if_the_keys_are_elsewhere() {
    let keys = "issuer = 'accounts'\naudience = 'api'\njwks_uri = 'https://a.invalid/'";
    let settings = read(keys).unwrap();
    assert_eq!(key_sets(&settings)[0].names, ["accounts"]);
}

#[test]
fn there_is_one_key_source() {
    let sources = [
        ("discovery", "true"),
        ("jwks_file", "'keys.json'"),
        ("jwks_uri", "'https://a.invalid/'"),
        ("public_key", "'key.pem'"),
    ];
    for (at, (first, one)) in sources.iter().enumerate() {
        for (second, two) in &sources[at + 1..] {
            expect_beside(
                &format!("{second} = {two}\n{first} = {one}"),
                &format!(
                    "`auth.{second}` (from Rocket.toml): it cannot be set beside `{first}`: keep one key \
                     source"
                ),
            );
        }
    }
    let off = format!("{BOTH}discovery = false\njwks_uri = 'https://a.invalid/'");
    assert_eq!(origins(&off), ["https://a.invalid/"]);
    expect_beside(
        "discovery = 'yes'",
        "`auth.discovery` (from Rocket.toml): it must be `true` or `false`",
    );
}

#[test]
fn keys_are_read_from_files() {
    let folder = TempDir::new().unwrap();
    let rsa = TestKey::for_algorithm(Algorithm::RS256);
    let jwks = json!({"keys": [rsa.jwk(json!({"kid": "a"})), {"kty": "oct"}]});
    fs::write(folder.path().join("keys.json"), jwks.to_string()).unwrap();
    fs::write(folder.path().join("key.pem"), rsa.pem()).unwrap();
    for key in ["jwks_file = '%/keys.json'", "public_key = '%/key.pem'"] {
        let settings = read_in(&folder, &format!("{BOTH}{key}")).unwrap();
        let KeySettings::Fixed { keys, .. } = &key_sets(&settings)[0].keys else {
            panic!("a file is not fetched");
        };
        assert!(keys.serves(Some("a"), Algorithm::RS256));
    }
}

#[test]
fn files_that_cannot_serve_are_reported_with_the_reason() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("none.json", r#"{"keys":[]}"#);
    write(
        "odd.json",
        r#"{"keys":[{"kty":"RSA","use":"enc","n":"","e":""}]}"#,
    );
    write("no.json", r#"{"keys":{}}"#);
    write("ec.pem", &TestKey::for_algorithm(Algorithm::ES256).pem());
    write("text.pem", "text");
    for (key, file, reason) in [
        ("jwks_file", "none.json", "has no key that can serve"),
        (
            "jwks_file",
            "odd.json",
            "has no key that can serve: its `use` is not `sig`",
        ),
        (
            "jwks_file",
            "no.json",
            "is not a key set: it has no list `keys`",
        ),
        ("jwks_file", "missing", "cannot be read: "),
        ("public_key", "missing", "cannot be read: "),
        ("ca_certificate", "missing", "cannot be read: "),
        (
            "public_key",
            "ec.pem",
            "no accepted algorithm fits its type (see `algorithms`)",
        ),
        (
            "public_key",
            "text.pem",
            "it has neither a `PUBLIC KEY` nor a `CERTIFICATE`",
        ),
        (
            "ca_certificate",
            "text.pem",
            "it has neither a `PUBLIC KEY` nor a `CERTIFICATE`",
        ),
    ] {
        let problems = read_in(&folder, &format!("{BOTH}{key} = '%/{file}'")).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with(&format!("`auth.{key}` (from Rocket.toml): ")));
        assert!(problems[0].contains(reason), "{problems:?}");
    }
}

#[test]
fn a_path_is_neither_an_address_nor_the_content_of_a_file() {
    // An Ed25519 key as RFC 8410 encodes it.
    let key_in_base64 = format!(" MC4CAQAwBQYDK2VwBCIEIAhush{:A<38}", "");
    for key in ["jwks_file", "public_key", "ca_certificate", "jwks_snapshot"] {
        for (text, reason) in [
            ("-----BEGIN PUBLIC KEY-----\\nhush\\n", "the content of one"),
            ("-----BEGIN PUBLIC KEY-----hush", "the content of one"),
            (" {\\\"keys\\\":[\\\"hush\\\"]}", "the content of one"),
            ("hush\\n", "the content of one"),
            (&key_in_base64, "the content of one"),
            ("https://hush@a.invalid/x", "an address"),
        ] {
            let problems = read(&format!("{BOTH}{key} = \"{text}\"")).unwrap_err();
            let start = format!("`auth.{key}` (from Rocket.toml): it must be the path of a file");
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].starts_with(&start), "{problems:?}");
            assert!(problems[0].contains(reason), "{problems:?}");
            assert!(!problems[0].contains("hush"), "{problems:?}");
        }
    }
}

#[test]
fn a_relative_path_is_reported_with_the_directory_where_it_begins() {
    let problems = read(&format!("{BOTH}jwks_file = 'no/keys.json'")).unwrap_err();
    let directory = std::env::current_dir().unwrap();
    let end = format!("(a relative path begins at {})", directory.display());
    assert!(problems[0].ends_with(&end), "{problems:?}");
    let problems = read(&format!("{BOTH}jwks_file = '/no/keys.json'")).unwrap_err();
    assert!(!problems[0].contains("relative"), "{problems:?}");
}

#[test]
fn keys_on_fetching_cannot_be_set_beside_a_file() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("key.pem"),
        TestKey::for_algorithm(Algorithm::RS256).pem(),
    )
    .unwrap();
    let keys = format!("{BOTH}public_key = '%/key.pem'\njwks_snapshot = '%/copy.json'");
    assert_eq!(
        read_in(&folder, &keys).unwrap_err(),
        [
            "`auth.jwks_snapshot` (from Rocket.toml): it works only with fetched keys, and these \
          come from a file"
        ]
    );
}

#[test]
fn a_snapshot_belongs_to_one_issuer_and_lies_in_a_directory() {
    let folder = TempDir::new().unwrap();
    let read = |keys: &str| read_in(&folder, keys);
    assert!(read(&format!("{BOTH}jwks_snapshot = '%/copy.json'")).is_ok());
    let problems = read(&format!("{BOTH}jwks_snapshot = '%/no/copy.json'")).unwrap_err();
    assert!(
        problems[0].ends_with("does not exist: create it"),
        "{problems:?}"
    );
    let list = "issuer = ['https://a.invalid', 'https://b.invalid/']\naudience = 'api'\n";
    let problems = read(&format!("{list}jwks_snapshot = '%/copy.json'")).unwrap_err();
    assert!(
        problems[0].contains("each issuer needs its own file"),
        "{problems:?}"
    );
    let table = |name: &str| {
        format!(
            "[[default.auth.issuers]]\nissuer = 'https://{name}.invalid'\njwks_snapshot = '%/copy.json'\n"
        )
    };
    let problems = read(&format!("audience = 'api'\n{}{}", table("a"), table("b"))).unwrap_err();
    assert!(
        problems[0].contains("each needs its own file"),
        "{problems:?}"
    );
}
