//! Provides `DPoP` keys and their proofs, both valid and invalid.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::http::Header;
use rocket::local::{asynchronous, blocking};
use rocket::{Orbit, Request, Rocket};
use serde_json::{Map, Value, json};

use crate::auth::Auth;
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

/// A proof that is about to be signed. It is right as it is made; the methods change one thing each.
///
/// [Bound tokens](crate::guide::bound_tokens#dpop) describes proofs.
#[derive(Clone, Debug)]
#[must_use = "a proof is not made before `sign`"]
pub struct DpopProof<'k> {
    key: &'k DpopKey,
    signed_by: &'k DpopKey,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

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
    pub(super) fn thumbprint_bytes(&self) -> [u8; 32] {
        let bytes = URL_SAFE_NO_PAD.decode(self.thumbprint());
        let bytes = bytes.ok().and_then(|bytes| bytes.try_into().ok());
        bytes.expect("a thumbprint has 32 bytes")
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.0.sign(&SystemRandom::new(), message);
        // An empty signature is one that nobody accepts.
        signature.map_or_else(|_| Vec::new(), |signature| signature.as_ref().to_vec())
    }
}

impl<'k> DpopProof<'k> {
    /// Sets a header parameter.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves a header parameter out.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Sets a claim.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves a claim out.
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Adds the nonce that the API asked for.
    pub fn nonce(self, nonce: &str) -> Self {
        self.claim("nonce", nonce)
    }

    /// Makes the proof invalid: it was created this long ago.
    pub fn aged(self, age: Duration) -> Self {
        let then = SystemTime::now().checked_sub(age);
        let then = then.and_then(|then| then.duration_since(UNIX_EPOCH).ok());
        self.claim("iat", then.unwrap_or_default().as_secs())
    }

    /// Makes the proof invalid: it is signed by another key than the one that it names.
    pub fn signed_by(mut self, other: &'k DpopKey) -> Self {
        self.signed_by = other;
        self
    }

    /// Signs the proof.
    pub fn sign(self) -> String {
        let (header, claims) = (json!(self.header), json!(self.claims));
        let message = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let signature = self.signed_by.sign(message.as_bytes());
        format!("{message}.{}", encode(signature))
    }

    /// Returns proofs of which each is wrong in one way, with what is wrong.
    pub fn wrong(self) -> Vec<(&'static str, String)> {
        let other = Self {
            key: self.key,
            ..self.clone()
        };
        let mut private = self.key.jwk();
        if let Some(members) = private.as_object_mut() {
            members.insert("d".to_owned(), "AA".into());
        }
        let foreign = DpopKey::generate();
        let now = || self.clone();
        let day = Duration::from_secs(24 * 60 * 60);
        let far = self
            .claims
            .get("iat")
            .and_then(Value::as_u64)
            .unwrap_or_default()
            + 3600;
        vec![
            (
                "another key",
                now()
                    .header("jwk", foreign.jwk())
                    .signed_by(&foreign)
                    .sign(),
            ),
            (
                "the signature of another key",
                now().signed_by(&foreign).sign(),
            ),
            ("no `typ`", now().without_header("typ").sign()),
            ("another `typ`", now().header("typ", "JWT").sign()),
            ("`alg` none", now().header("alg", "none").sign()),
            ("an HMAC `alg`", now().header("alg", "HS256").sign()),
            ("no `jwk`", now().without_header("jwk").sign()),
            ("a private `jwk`", now().header("jwk", private).sign()),
            ("`crit`", now().header("crit", json!(["exp"])).sign()),
            ("no `jti`", now().without_claim("jti").sign()),
            ("an empty `jti`", now().claim("jti", "").sign()),
            (
                "a `jti` of 257 bytes",
                now().claim("jti", "j".repeat(257)).sign(),
            ),
            ("no `htm`", now().without_claim("htm").sign()),
            ("another `htm`", now().claim("htm", "PROPFIND").sign()),
            ("no `htu`", now().without_claim("htu").sign()),
            (
                "another `htu`",
                now().claim("htu", "https://other.invalid/").sign(),
            ),
            ("no `iat`", now().without_claim("iat").sign()),
            ("an `iat` that is a string", now().claim("iat", "1").sign()),
            ("an `iat` of yesterday", now().aged(day).sign()),
            ("an `iat` to come", now().claim("iat", far).sign()),
            ("no `ath`", now().without_claim("ath").sign()),
            (
                "the `ath` of another token",
                now().claim("ath", encode(digest(&SHA256, b"other"))).sign(),
            ),
            ("two proofs", format!("{}, {}", now().sign(), other.sign())),
            ("no proof but text", "proof".to_owned()),
        ]
    }
}

impl TokenBuilder<'_> {
    /// Binds the token to the key (`cnf.jkt`, RFC 9449 §6.1).
    pub fn bound_to(self, key: &DpopKey) -> Self {
        self.claim("cnf", json!({ "jkt": key.thumbprint() }))
    }
}

/// Sends a token that is bound to a `DPoP` key, with a fresh proof, along with a request of Rocket's
/// local client.
///
/// [Bound tokens](crate::guide::bound_tokens#testing) shows a test.
pub trait DpopExt {
    /// Adds `Authorization: DPoP TOKEN` and a proof for this request. The URL is made from the
    /// configured `public_url`.
    #[must_use]
    fn dpop(self, key: &DpopKey, token: &str) -> Self;
}

impl DpopExt for asynchronous::LocalRequest<'_> {
    fn dpop(self, key: &DpopKey, token: &str) -> Self {
        let proof = proof_for(self.inner(), key, token);
        self.header(authorization(token))
            .header(Header::new("DPoP", proof))
    }
}

impl DpopExt for blocking::LocalRequest<'_> {
    fn dpop(self, key: &DpopKey, token: &str) -> Self {
        let proof = proof_for(self.inner(), key, token);
        self.header(authorization(token))
            .header(Header::new("DPoP", proof))
    }
}

fn authorization(token: &str) -> Header<'static> {
    Header::new("Authorization", format!("DPoP {token}"))
}

fn proof_for(request: &Request<'_>, key: &DpopKey, token: &str) -> String {
    let path = request.uri().path().to_string();
    let url = public_url(request.rocket(), &path);
    key.proof(request.method().as_str(), &url, token).sign()
}

/// Returns the URL by which clients call this path of the Rocket.
pub(super) fn public_url(rocket: &Rocket<Orbit>, path: &str) -> String {
    let base = rocket.state::<Auth>().and_then(Auth::public_url);
    let base = base.unwrap_or_default();
    format!("{}{path}", base.trim_end_matches('/'))
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Hides the private key.
impl fmt::Debug for DpopKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DpopKey").field(&self.thumbprint()).finish()
    }
}
