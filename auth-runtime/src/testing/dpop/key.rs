//! The key of a client.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::encode;
use super::proof::DpopProof;
use crate::issuer::TokenBuilder;

/// The key of a client that uses `DPoP` (RFC 9449), with ES256.
///
/// ```
/// # use auth_runtime::issuer::LocalIssuer;
/// # use auth_runtime::{Auth, BindingMode, requires_auth, routes};
/// # use rocket::{get, http::Status, local::asynchronous::Client};
/// use auth_runtime::testing::{BearerExt, DpopExt, DpopKey};
///
/// # #[requires_auth]
/// # #[get("/me")]
/// # fn me() {}
/// # #[rocket::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let issuer = LocalIssuer::start("https://api.example.com").await?;
/// let auth = Auth::builder()
///     .issuer(issuer.url())
///     .audience(issuer.audience())
///     .public_url("https://api.example.com")
///     .dpop(BindingMode::Allow);
/// let rocket = rocket::build().attach(auth.fairing()).mount("/", routes![me]);
/// let client = Client::untracked(rocket).await?;
///
/// let key = DpopKey::generate();
/// let token = issuer.token().bound_to(&key).mint();
/// let response = client.get("/me").dpop(&key, &token).dispatch().await;
/// assert_eq!(response.status(), Status::Ok);
///
/// // A thief of the token does not have the key.
/// let response = client.get("/me").bearer(&token).dispatch().await;
/// assert_eq!(response.status(), Status::Unauthorized);
/// # Ok(())
/// # }
/// ```
///
/// [Bound tokens](crate::guide::bound_tokens#testing) shows a test.
pub struct DpopKey(EcdsaKeyPair);

impl DpopKey {
    /// Makes a key.
    ///
    /// # Panics
    /// If the crypto library fails.
    pub fn generate() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        Self(pair.expect("the crypto library makes keys"))
    }

    /// Returns the public key as a JWK.
    pub fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        // The uncompressed form (SEC 1 §2.3.3): a byte and two coordinates.
        let coordinates = point.get(1..).and_then(|both| both.split_at_checked(32));
        let (x, y) = coordinates.unwrap_or_default();
        json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) })
    }

    /// Returns the thumbprint (RFC 7638), as it is in a token's `cnf.jkt`.
    pub fn thumbprint(&self) -> String {
        // `serde_json` sorts members, unless a crate switches on `preserve_order`: they are in order.
        let jwk = self.jwk();
        let member = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
        let canonical = format!(
            r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
            member("x"),
            member("y")
        );
        encode(digest(&SHA256, canonical.as_bytes()))
    }

    /// Starts a proof for a request with this method, URL and access token.
    pub fn proof(&self, method: &str, url: &str, token: &str) -> DpopProof<'_> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let proof = DpopProof {
            key: self,
            signed_by: self,
            header: Map::new(),
            claims: Map::new(),
        };
        proof
            .header("typ", "dpop+jwt")
            .header("alg", "ES256")
            .header("jwk", self.jwk())
            .claim("jti", format!("{:032x}", fastrand::u128(..)))
            .claim("htm", method)
            .claim("htu", url)
            .claim("iat", now.unwrap_or_default().as_secs())
            .claim("ath", encode(digest(&SHA256, token.as_bytes())))
    }

    /// Returns the bytes of the thumbprint.
    pub(in crate::testing) fn thumbprint_bytes(&self) -> [u8; 32] {
        let bytes = URL_SAFE_NO_PAD.decode(self.thumbprint());
        let bytes = bytes.ok().and_then(|bytes| bytes.try_into().ok());
        bytes.expect("a thumbprint has 32 bytes")
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.0.sign(&SystemRandom::new(), message);
        // An empty signature is one that nobody accepts.
        signature.map_or_else(|_| Vec::new(), |signature| signature.as_ref().to_vec())
    }
}

impl TokenBuilder<'_> {
    /// Binds the token to the key (`cnf.jkt`, RFC 9449 §6.1).
    pub fn bound_to(self, key: &DpopKey) -> Self {
        self.claim("cnf", json!({ "jkt": key.thumbprint() }))
    }
}

/// Hides the private key.
impl fmt::Debug for DpopKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DpopKey").field(&self.thumbprint()).finish()
    }
}
