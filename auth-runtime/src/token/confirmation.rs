//! Reads the `cnf` claim (RFC 7800): the key that a token is bound to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::json::Json;

/// The key that a token is bound to. An unknown member is ignored, but the token still counts as
/// bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Confirmation {
    /// `jkt`: the thumbprint of a `DPoP` key (RFC 9449 §6.1).
    pub(crate) key: Option<[u8; 32]>,
    /// `x5t#S256`: the thumbprint of a client certificate (RFC 8705 §3.1).
    pub(crate) certificate: Option<[u8; 32]>,
}

impl Confirmation {
    /// Reads the claim. Returns `None` if it is not an object, or if a known member is not a
    /// thumbprint.
    pub(crate) fn parse(claim: Json<'_>) -> Option<Self> {
        let Json::Object(members) = claim else {
            return None;
        };
        let thumbprint = |name| match members.get(name) {
            None => Some(None),
            Some(value) => parse_thumbprint(value.as_str()?).map(Some),
        };
        Some(Self {
            key: thumbprint("jkt")?,
            certificate: thumbprint("x5t#S256")?,
        })
    }

    /// Returns whether there is a known member.
    pub(crate) fn is_known(&self) -> bool {
        self.key.is_some() || self.certificate.is_some()
    }
}

/// Parses a SHA-256 hash in base64url without padding.
fn parse_thumbprint(text: &str) -> Option<[u8; 32]> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::super::json::Document;
    use super::*;

    const THUMBPRINT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

    fn parse(cnf: &str) -> Option<Confirmation> {
        let text = format!("{{\"cnf\":{cnf}}}");
        let claims = Document::parse(text).unwrap();
        Confirmation::parse(claims.object().get("cnf").unwrap())
    }

    #[test]
    fn known_members_are_thumbprints_and_others_are_ignored() {
        let both = parse(&format!(
            r#"{{"jkt":"{THUMBPRINT}","x5t#S256":"{THUMBPRINT}","jwk":{{}}}}"#
        ));
        let both = both.unwrap();
        assert!(both.key.is_some() && both.key == both.certificate);
        for member in ["jkt", "x5t#S256"] {
            let cnf = format!(r#"{{"{member}":"{THUMBPRINT}"}}"#);
            assert!(parse(&cnf).unwrap().is_known(), "{cnf}");
        }
        let unknown = parse(r#"{"jku":"https://a.invalid"}"#).unwrap();
        assert_eq!(unknown, Confirmation::default());
        assert!(!unknown.is_known());
        assert_eq!(parse("{}"), Some(Confirmation::default()));
    }

    #[test]
    fn a_claim_of_another_shape_is_malformed() {
        let short = &THUMBPRINT[1..];
        for cnf in ["null", "[]", "\"a\"", "1", "true"] {
            assert_eq!(parse(cnf), None, "{cnf}");
        }
        for member in ["jkt", "x5t#S256"] {
            for value in [
                "null".to_owned(),
                "1".to_owned(),
                "{}".to_owned(),
                "\"\"".to_owned(),
                format!("\"{short}\""),
                format!("\"{THUMBPRINT}=\""),
                format!("\"{THUMBPRINT}A\""),
                format!("\"{}\"", THUMBPRINT.replace('-', "+")),
                format!("[\"{THUMBPRINT}\"]"),
            ] {
                let cnf = format!("{{\"{member}\":{value}}}");
                assert_eq!(parse(&cnf), None, "{cnf}");
            }
        }
    }
}
