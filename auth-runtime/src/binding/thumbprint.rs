//! Computes the thumbprint of a JWK (RFC 7638), with SHA-256.

use aws_lc_rs::digest::{Context, SHA256};

use crate::token::Object;

/// The members that count, in the order of RFC 7638 §3.2 and RFC 8037 §2, by key type.
const MEMBERS: [(&str, &[&str]); 3] = [
    ("EC", &["crv", "kty", "x", "y"]),
    ("OKP", &["crv", "kty", "x"]),
    ("RSA", &["e", "kty", "n"]),
];

/// Returns the thumbprint of a public key.
///
/// Returns `None` if a member that counts is missing, or has a character that would need an escape
/// in JSON: no key type and no base64url has one.
pub(crate) fn thumbprint(jwk: Object<'_>) -> Option<[u8; 32]> {
    let kty = jwk.get("kty")?.as_str()?;
    let (_, members) = MEMBERS.iter().find(|(known, _)| *known == kty)?;
    let mut json = Context::new(&SHA256);
    for (index, name) in members.iter().enumerate() {
        let value = jwk.get(name)?.as_str()?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if !value.bytes().all(is_plain) {
            return None;
        }
        let start = if index == 0 { "{\"" } else { ",\"" };
        for part in [start, name, "\":\"", value, "\""] {
            json.update(part.as_bytes());
        }
    }
    json.update(b"}");
    json.finish().as_ref().first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::token::Document;

    fn encoded(jwk: &str) -> Option<String> {
        thumbprint(Document::parse(jwk).unwrap().object())
            .map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Checks the example of RFC 7638 §3.1.
    #[test]
    fn the_example_of_the_rfc_has_its_thumbprint() {
        let jwk = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;
        let expected = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        assert_eq!(encoded(jwk).as_deref(), Some(expected));
    }

    /// Checks the example of RFC 8037 appendix A.3.
    #[test]
    fn the_example_of_ed25519_has_its_thumbprint() {
        let jwk =
            r#"{"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","crv":"Ed25519","kty":"OKP"}"#;
        let expected = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
        assert_eq!(encoded(jwk).as_deref(), Some(expected));
    }

    #[test]
    fn a_key_without_its_members_has_no_thumbprint() {
        for jwk in [
            "{}",
            r#"{"kty":"oct","k":"AA"}"#,
            r#"{"kty":"EC","crv":"P-256","x":"AA"}"#,
            r#"{"kty":"EC","crv":"P-256","x":"AA","y":1}"#,
            r#"{"kty":"OKP","crv":"Ed25519","x":"A\"A"}"#,
            r#"{"kty":"OKP","crv":"Ed25519","x":"AA=="}"#,
        ] {
            assert_eq!(encoded(jwk), None, "{jwk}");
        }
    }
}
