//! The key of a client.

use std::fmt;
use std::time::SystemTime;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::encode;
use super::proof::DpopProof;
use crate::binding::thumbprint;
use crate::issuer::TokenBuilder;
use crate::token::Document;

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
    /// Panics if the crypto library fails.
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
        encode(self.thumbprint_bytes())
    }

    /// Starts a proof for a request with this method, URL and access token. It is made now, by the
    /// system's clock; [`DpopExt`](super::DpopExt) makes proofs by the clock of the Rocket.
    pub fn proof(&self, method: &str, url: &str, token: &str) -> DpopProof<'_> {
        DpopProof::new(self, method, url, token, SystemTime::now())
    }

    /// Returns the bytes of the thumbprint.
    pub(in crate::testing) fn thumbprint_bytes(&self) -> [u8; 32] {
        let jwk = self.jwk().to_string();
        let jwk = Document::parse(jwk).ok();
        let bytes = jwk.and_then(|jwk| thumbprint(jwk.object()));
        bytes.expect("a public key has a thumbprint")
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
