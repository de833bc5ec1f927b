//! Authenticates this API at the introspection endpoint.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use url::form_urlencoded;

use super::client_key::{ClientKey, SigningError};

/// How long a client assertion is valid.
const ASSERTION_LIFETIME: Duration = Duration::from_secs(60);
/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The client as which this API is registered at the issuer, and its credential.
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    pub(crate) method: Method,
}

/// The configured way to authenticate.
pub(crate) enum Method {
    /// `client_secret_basic`.
    Secret(String),
    /// `private_key_jwt`.
    Key(Box<ClientKey>),
}

/// One introspection request: the form, and the `Authorization` header if there is one.
pub(super) struct Request {
    pub(super) body: String,
    pub(super) authorization: Option<String>,
}

impl Credentials {
    /// Writes the request for a token (RFC 7662 §2.1).
    ///
    /// # Errors
    /// Fails if the client assertion cannot be signed.
    pub(super) fn request(
        &self,
        token: &str,
        issuer: &str,
        now: SystemTime,
    ) -> Result<Request, SigningError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", token)
            .append_pair("token_type_hint", "access_token");
        let authorization = match &self.method {
            Method::Secret(secret) => Some(basic(&self.client_id, secret)),
            Method::Key(key) => {
                form.append_pair("client_assertion_type", ASSERTION_TYPE)
                    .append_pair("client_assertion", &self.assertion(key, issuer, now)?);
                None
            }
        };
        Ok(Request {
            body: form.finish(),
            authorization,
        })
    }

    /// Signs a client assertion (RFC 7523 §3). Its audience is the identifier of the issuer and not
    /// the address of the endpoint, because no other server accepts that identifier.
    fn assertion(
        &self,
        key: &ClientKey,
        issuer: &str,
        now: SystemTime,
    ) -> Result<String, SigningError> {
        let now = now
            .duration_since(UNIX_EPOCH)
            .map_or(0, |now| now.as_secs());
        let header = json!({ "alg": key.algorithm(), "typ": "JWT" });
        let claims = json!({
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": issuer,
            "jti": format!("{:032x}", fastrand::u128(..)),
            "iat": now,
            "exp": now + ASSERTION_LIFETIME.as_secs(),
        });
        let encode = |part: &serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(&header), encode(&claims));
        let signature = key.sign(message.as_bytes())?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// Creates the header of `client_secret_basic`. The id and the secret are form-encoded before they
/// are joined (RFC 6749 §2.3.1).
fn basic(client_id: &str, secret: &str) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(client_id), encode(secret));
    format!("Basic {}", STANDARD.encode(pair))
}

/// Hides secrets.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

    use super::super::super::jwks::test_keys::pem;
    use super::*;

    fn form(request: &Request) -> HashMap<String, String> {
        form_urlencoded::parse(request.body.as_bytes())
            .into_owned()
            .collect()
    }

    #[test]
    fn the_values_of_basic_credentials_are_form_encoded_first() {
        let credentials = Credentials {
            client_id: "my api:1".to_owned(),
            method: Method::Secret("p+ss/wörd%".to_owned()),
        };
        let request = credentials.request("t+/=", "i", UNIX_EPOCH).unwrap();
        let header = request.authorization.as_deref().unwrap();
        let pair = STANDARD.decode(header.strip_prefix("Basic ").unwrap());
        assert_eq!(
            String::from_utf8(pair.unwrap()).unwrap(),
            "my+api%3A1:p%2Bss%2Fw%C3%B6rd%25"
        );
        assert_eq!(
            request.body,
            "token=t%2B%2F%3D&token_type_hint=access_token"
        );
    }

    #[test]
    fn a_client_assertion_is_signed_for_the_issuer_and_used_once() {
        let pair = Ed25519KeyPair::generate().unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let key = ClientKey::from_pem(pem("PRIVATE KEY", der.as_ref()).as_bytes()).unwrap();
        let credentials = Credentials {
            client_id: "api".to_owned(),
            method: Method::Key(Box::new(key)),
        };
        let now = UNIX_EPOCH + Duration::from_secs(1000);
        let request = || credentials.request("t", "https://issuer/", now).unwrap();
        let (first, second) = (request(), request());
        assert_eq!(first.authorization, None);
        let fields = form(&first);
        assert_eq!(fields["token"], "t");
        assert_eq!(fields["client_assertion_type"], ASSERTION_TYPE);
        let assertion = &fields["client_assertion"];
        assert_ne!(assertion, &form(&second)["client_assertion"]);
        let (message, signature) = assertion.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref());
        assert!(public.verify(message.as_bytes(), &signature).is_ok());
        let claims = URL_SAFE_NO_PAD
            .decode(message.split_once('.').unwrap().1)
            .unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["iss"], "api");
        assert_eq!(claims["sub"], "api");
        assert_eq!(claims["aud"], "https://issuer/");
        assert_eq!(
            (&claims["iat"], &claims["exp"]),
            (&json!(1000), &json!(1060))
        );
        assert!(claims["jti"].is_string());
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let credentials = Credentials {
            client_id: "api".to_owned(),
            method: Method::Secret("hidden".to_owned()),
        };
        assert!(!format!("{credentials:?}").contains("hidden"));
    }
}
