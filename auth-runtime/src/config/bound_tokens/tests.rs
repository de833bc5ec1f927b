use super::super::test_config::{BOTH, expect_beside, read};
use super::*;

const URL: &str = "public_url = 'https://api.invalid'\n";

fn settings(keys: &str) -> BoundTokenSettings {
    read(&format!("{BOTH}{URL}{keys}")).unwrap().bound_tokens
}

#[test]
fn both_mechanisms_are_off_by_default() {
    let settings = settings("");
    assert!(settings.dpop.is_none() && settings.mtls.is_none());
}

#[test]
fn the_defaults_of_dpop_are_those_of_the_documentation() {
    let dpop = settings("dpop = 'allow'").dpop.unwrap();
    assert!(!dpop.is_required);
    let names: Vec<_> = dpop.algorithms.iter().map(|it| it.name()).collect();
    assert_eq!(names, ["ES256", "ES384", "PS256", "EdDSA"]);
    assert_eq!(dpop.proof_age, Duration::from_secs(60));
    assert_eq!(dpop.max_proofs, 100_000);
    assert!(matches!(dpop.nonce, NonceSettings::Off));
    assert!(settings("dpop = 'require'").dpop.unwrap().is_required);
}

#[test]
fn dpop_needs_a_public_url() {
    expect_beside(
        "dpop = 'require'",
        "`auth.dpop` (from Rocket.toml): it needs `public_url`, because proofs name the URL that \
         clients write: set it, such as to `https://api.example.com`",
    );
}

#[test]
fn proofs_have_public_keys() {
    for name in ["none", "HS256", "RS1"] {
        let problems = read(&format!("{BOTH}{URL}dpop_algorithms = ['ES256', '{name}']"));
        let problems = problems.unwrap_err();
        let expected = format!("`auth.dpop_algorithms` (from Rocket.toml): `{name}` ");
        assert!(problems[0].starts_with(&expected), "{problems:?}");
    }
    assert!(read(&format!("{BOTH}{URL}dpop_algorithms = []")).is_err());
    let dpop = settings("dpop = 'allow'\ndpop_algorithms = ['Ed25519', 'EdDSA']").dpop;
    assert_eq!(dpop.unwrap().algorithms, [Algorithm::EdDSA]);
}

#[test]
fn a_nonce_key_has_32_bytes_and_is_never_shown() {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let dpop = settings(&format!(
        "dpop = 'allow'\ndpop_nonce = true\ndpop_nonce_key = '{key}'"
    ));
    let NonceSettings::SharedKey(NonceKey(bytes)) = &dpop.dpop.as_ref().unwrap().nonce else {
        panic!("there is a key");
    };
    assert_eq!((bytes[0], bytes[31]), (0, 31));
    assert!(!format!("{dpop:?}").contains("31"));
    expect_beside(
        "dpop_nonce_key = 'AAEC'",
        "`auth.dpop_nonce_key` (from Rocket.toml): it has 3 bytes: make one of 32 by `openssl rand \
         -base64 32`",
    );
}

#[test]
fn a_certificate_header_needs_trusted_proxies() {
    expect_beside(
        "mtls = 'allow'\nclient_certificate_header = 'Client-Cert'",
        "`auth.client_certificate_header` (from Rocket.toml): it needs `trusted_proxies`, because \
         any client could send this header: set it to the addresses of your proxies",
    );
    expect_beside(
        "trusted_proxies = ['10.0.0.0/8', 'proxy']",
        "`auth.trusted_proxies` (from Rocket.toml): `proxy` is neither an IP address nor a CIDR \
         block",
    );
    let mtls = settings(
        "mtls = 'require'\nclient_certificate_header = 'Client-Cert'\ntrusted_proxies = '10.0.0.1'",
    );
    assert!(mtls.mtls.unwrap().is_required);
}

#[test]
fn the_number_of_proofs_is_bounded() {
    for value in ["0", "-1", "1.5", "'9'", "100000001"] {
        expect_beside(
            &format!("dpop_max_proofs = {value}"),
            "`auth.dpop_max_proofs` (from Rocket.toml): it must be a number of proofs, from 1 to \
             100000000",
        );
    }
}
