//! Describes the security schemes: how a client gets a token, and how it presents it.
//!
//! - An issuer becomes a scheme `openIdConnect`, because only its identifier is known, which leads to
//!   its metadata. A scheme `oauth2` would have to name the endpoints, which only those metadata
//!   know.
//! - A shared secret, or an issuer whose identifier is not a URL, leaves `http` with `bearer`: nothing
//!   says where clients get a token.
//! - `DPoP` is a scheme `http` with its registered name, and a client certificate is `mutualTLS`. Each
//!   is required together with the token.

use serde_json::{Map, Value, json};
use url::Url;

use crate::auth::{AcceptedTokens, Presentation};
use crate::jwks::joined;

const TOKEN: &str = "accessToken";
const PROOF: &str = "dpopProof";
const CERTIFICATE: &str = "clientCertificate";

/// The security schemes of an application.
#[derive(Clone, Debug)]
pub(super) struct Schemes {
    /// The names and definitions of the schemes for tokens. There is at least one.
    tokens: Vec<(String, Value)>,
    dpop: Presentation,
    mtls: Presentation,
    proof_algorithms: Vec<&'static str>,
}

impl Schemes {
    pub(super) fn new(accepted: Option<&AcceptedTokens>) -> Self {
        let mut tokens: Vec<Value> = Vec::new();
        for issuer in accepted.map_or(&[][..], |accepted| &accepted.issuers) {
            let scheme = scheme(issuer);
            if !tokens.contains(&scheme) {
                tokens.push(scheme);
            }
        }
        if tokens.is_empty() {
            tokens.push(bearer("An access token as a JWT."));
        }
        let names = (1..).map(|count| match count {
            1 => TOKEN.to_owned(),
            _ => format!("{TOKEN}{count}"),
        });
        Self {
            tokens: names.zip(tokens).collect(),
            dpop: accepted.map_or(Presentation::Off, |accepted| accepted.dpop),
            mtls: accepted.map_or(Presentation::Off, |accepted| accepted.mtls),
            proof_algorithms: accepted
                .map(|accepted| accepted.proof_algorithms.clone())
                .unwrap_or_default(),
        }
    }

    /// Returns the definitions for `components.securitySchemes`.
    pub(super) fn definitions(&self) -> Map<String, Value> {
        let mut definitions: Map<_, _> = self.tokens.iter().cloned().collect();
        if self.dpop != Presentation::Off {
            let description = format!(
                "The token is bound to a key (RFC 9449): it is sent with the scheme DPoP, beside a \
                 proof of the key in the header DPoP. Algorithms: {}.",
                self.proof_algorithms.join(", ")
            );
            let scheme = json!({ "type": "http", "scheme": "DPoP", "description": description });
            definitions.insert(PROOF.to_owned(), scheme);
        }
        if self.mtls != Presentation::Off {
            let description =
                "The token is bound to the certificate that the client presents (RFC 8705).";
            let scheme = json!({ "type": "mutualTLS", "description": description });
            definitions.insert(CERTIFICATE.to_owned(), scheme);
        }
        definitions
    }

    /// Returns the security requirements for clients with these scopes: one for each issuer and each
    /// way to present a token.
    pub(super) fn requirements(&self, scopes: &[&str], is_bound: bool) -> Vec<Value> {
        let presentations = self.presentations(is_bound);
        let mut requirements = Vec::new();
        for (token, _) in &self.tokens {
            for presentation in &presentations {
                let mut requirement = Map::new();
                requirement.insert(token.clone(), json!(scopes));
                for scheme in presentation {
                    requirement.insert((*scheme).to_owned(), json!([]));
                }
                requirements.push(requirement.into());
            }
        }
        requirements
    }

    /// Returns the schemes that are used together with a token. If none is required, a token may also
    /// come without them.
    fn presentations(&self, is_bound: bool) -> Vec<Vec<&'static str>> {
        let all = [(PROOF, self.dpop), (CERTIFICATE, self.mtls)];
        let with = |mode| {
            let schemes = all.iter().filter(move |(_, own)| *own == mode);
            schemes.map(|(name, _)| *name)
        };
        let required: Vec<_> = with(Presentation::Required).collect();
        if !required.is_empty() {
            return vec![required];
        }
        let allowed = with(Presentation::Allowed).map(|scheme| vec![scheme]);
        let unbound = (!is_bound).then(Vec::new);
        unbound.into_iter().chain(allowed).collect()
    }

    pub(super) fn uses_dpop(&self) -> bool {
        self.dpop != Presentation::Off
    }
}

fn scheme(issuer: &str) -> Value {
    let url = Url::parse(issuer).ok();
    let is_url = url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if is_url {
        json!({
            "type": "openIdConnect",
            "openIdConnectUrl": joined(issuer, ".well-known/openid-configuration"),
            "description": format!("An access token of {issuer}"),
        })
    } else {
        bearer(&format!("An access token of {issuer}"))
    }
}

fn bearer(description: &str) -> Value {
    json!({
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": description,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(issuers: &[&str], dpop: Presentation, mtls: Presentation) -> AcceptedTokens {
        AcceptedTokens {
            issuers: issuers.iter().map(ToString::to_string).collect(),
            dpop,
            proof_algorithms: vec!["ES256"],
            mtls,
            malformed_status: 401,
            public_url: None,
        }
    }

    fn requirements(dpop: Presentation, mtls: Presentation, is_bound: bool) -> String {
        let accepted = accepted(&[], dpop, mtls);
        let schemes = Schemes::new(Some(&accepted));
        json!(schemes.requirements(&["a"], is_bound)).to_string()
    }

    #[test]
    fn an_issuer_leads_to_its_metadata() {
        use Presentation::Off;
        let issuers = [
            "https://a.test/",
            "https://b.test/realms/x",
            "urn:issuer",
            "https://a.test/",
        ];
        let definitions = Schemes::new(Some(&accepted(&issuers, Off, Off))).definitions();
        let url = |name: &str| definitions[name]["openIdConnectUrl"].clone();
        assert_eq!(definitions.len(), 3);
        assert_eq!(
            url("accessToken"),
            "https://a.test/.well-known/openid-configuration"
        );
        assert_eq!(
            url("accessToken2"),
            "https://b.test/realms/x/.well-known/openid-configuration"
        );
        assert_eq!(definitions["accessToken3"]["scheme"], "bearer");
    }

    #[test]
    fn without_an_issuer_the_scheme_is_bearer() {
        for schemes in [
            Schemes::new(None),
            Schemes::new(Some(&accepted(&[], Presentation::Off, Presentation::Off))),
        ] {
            let definitions = schemes.definitions();
            assert_eq!(definitions.len(), 1);
            assert_eq!(definitions["accessToken"]["type"], "http");
            assert_eq!(definitions["accessToken"]["scheme"], "bearer");
        }
    }

    #[test]
    fn a_required_proof_goes_with_the_token_in_each_alternative() {
        use Presentation::{Allowed, Off, Required};
        let token = r#"{"accessToken":["a"]}"#;
        let dpop = r#"{"accessToken":["a"],"dpopProof":[]}"#;
        let mtls = r#"{"accessToken":["a"],"clientCertificate":[]}"#;
        let both = r#"{"accessToken":["a"],"clientCertificate":[],"dpopProof":[]}"#;
        for (modes, is_bound, expected) in [
            ((Off, Off), false, vec![token]),
            ((Off, Off), true, vec![]),
            ((Allowed, Off), false, vec![token, dpop]),
            ((Allowed, Off), true, vec![dpop]),
            ((Required, Off), false, vec![dpop]),
            ((Allowed, Allowed), true, vec![dpop, mtls]),
            ((Allowed, Required), false, vec![mtls]),
            ((Required, Required), true, vec![both]),
        ] {
            let got = requirements(modes.0, modes.1, is_bound);
            let sorted = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
            let expected = format!("[{}]", expected.join(","));
            assert_eq!(sorted(&got), sorted(&expected), "{modes:?} {is_bound}");
        }
    }
}
