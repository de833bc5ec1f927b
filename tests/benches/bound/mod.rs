//! A token that is bound to a key, and proofs of that key, which a server of one route checks.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth_runtime::{AuthBuilder, BindingMode, requires_auth, routes};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    ParsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rocket::get;
use rocket::http::{Header, Status};
use rocket::local::asynchronous::Client;
use serde_json::json;

use crate::fixtures::auth0_claims;

const URL: &str = "https://api.example.com";
/// How many proofs are prepared.
const PROOFS: u32 = 300;

#[requires_auth]
#[get("/me")]
fn me() {}

/// A server, and what its client sends.
pub(crate) struct Bound {
    client: Client,
    token: String,
    proofs: Vec<String>,
    key: ParsedPublicKey,
}

/// Writes a token that is bound to a new key, the key, and proofs.
pub(crate) fn prepare(folder: &Path, sign: impl FnOnce(&[u8]) -> String) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
    let pair = pair.expect("a key can be generated");
    let point = pair.public_key().as_ref();
    let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
    let jwk = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    let hash = |text: &str| BASE64.encode(digest(&SHA256, text.as_bytes()));
    let mut claims = auth0_claims(crate::ISSUER);
    claims["cnf"] = json!({ "jkt": hash(&jwk) });
    let token = sign(claims.to_string().as_bytes());

    let header = BASE64.encode(format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk}}}"#));
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("it is after 1970").as_secs();
    let proof = |index: u32| {
        let claims = json!({
            "jti": format!("{index:032x}"),
            "htm": "GET",
            "htu": format!("{URL}/me"),
            "iat": now,
            "ath": hash(&token),
        });
        let message = format!("{header}.{}", BASE64.encode(claims.to_string()));
        let signature = pair.sign(&SystemRandom::new(), message.as_bytes());
        format!(
            "{message}.{}",
            BASE64.encode(signature.expect("the key can sign"))
        )
    };
    let proofs: Vec<_> = (0..PROOFS).map(proof).collect();
    for (name, content) in [
        ("proofs", proofs.join("\n").as_bytes()),
        ("bound", token.as_bytes()),
        ("point", point),
    ] {
        fs::write(folder.join(name), content).expect("the folder can be written");
    }
}

impl Bound {
    /// Starts the server, and sends one request, after which the key and the token are known.
    pub(crate) async fn new(auth: AuthBuilder, folder: &Path) -> Self {
        let read = |name| fs::read(folder.join(name)).expect("`prepare` wrote this file");
        let text = |name| String::from_utf8(read(name)).expect("`prepare` wrote a text");
        let auth = auth
            .public_url(URL)
            .dpop(BindingMode::Allow)
            // The proofs are of one key, which may use a tenth.
            .dpop_max_proofs(10 * PROOFS)
            .dpop_proof_age(Duration::from_secs(3600));
        let figment = rocket::Config::figment().merge(("log_level", "off"));
        let rocket = rocket::custom(figment).attach(auth.fairing());
        let client = Client::untracked(rocket.mount("/", routes![me])).await;
        let mut bound = Self {
            client: client.expect("the configuration works"),
            token: text("bound"),
            proofs: text("proofs").lines().map(str::to_owned).collect(),
            key: ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, read("point"))
                .expect("the key is valid"),
        };
        bound.send_proofs(1).await;
        bound
    }

    pub(crate) async fn send_bearer(&self, token: &str, calls: usize) {
        for _ in 0..calls {
            self.get(format!("Bearer {token}"), None).await;
        }
    }

    pub(crate) async fn send_proofs(&mut self, calls: usize) {
        for _ in 0..calls {
            let proof = self.proofs.pop().expect("there are enough proofs");
            self.get(format!("DPoP {}", self.token), Some(proof)).await;
        }
    }

    pub(crate) fn verify_signature(&self, calls: usize) {
        let (message, signature) = self.proofs[0].rsplit_once('.').expect("a proof has dots");
        let signature = BASE64.decode(signature).expect("a signature is base64url");
        for _ in 0..calls {
            let verified = self
                .key
                .verify_sig(black_box(message.as_bytes()), &signature);
            verified.expect("the signature is valid");
        }
    }

    async fn get(&self, authorization: String, proof: Option<String>) {
        let mut request = self.client.get("/me");
        request.add_header(Header::new("Authorization", authorization));
        if let Some(proof) = proof {
            request.add_header(Header::new("DPoP", proof));
        }
        assert_eq!(request.dispatch().await.status(), Status::Ok);
    }
}
