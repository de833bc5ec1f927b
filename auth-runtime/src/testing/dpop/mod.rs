//! Provides `DPoP` keys and their proofs, both valid and invalid.

mod key;
mod proof;

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::Request;
use rocket::http::Header;
use rocket::local::{asynchronous, blocking};

pub use self::key::DpopKey;
pub use self::proof::DpopProof;
use crate::auth::Auth;

/// Sends a token that is bound to a `DPoP` key, with a fresh proof, along with a request of Rocket's
/// local client.
///
/// The chapter [Bound tokens](crate::guide::bound_tokens#testing) shows a test.
pub trait DpopExt {
    /// Adds `Authorization: DPoP TOKEN` and a proof for this request. The URL is made from the
    /// configured `public_url`, and the time is that of the Rocket, which a [`Clock`](super::Clock) may
    /// have moved. If `dpop_nonce` is on, the proof has a nonce.
    #[must_use]
    fn dpop(self, key: &DpopKey, token: &str) -> Self;
}

impl DpopExt for asynchronous::LocalRequest<'_> {
    fn dpop(self, key: &DpopKey, token: &str) -> Self {
        let proof = proof_for(self.inner(), key, token).sign();
        self.header(authorization(token))
            .header(Header::new("DPoP", proof))
    }
}

impl DpopExt for blocking::LocalRequest<'_> {
    fn dpop(self, key: &DpopKey, token: &str) -> Self {
        let proof = proof_for(self.inner(), key, token).sign();
        self.header(authorization(token))
            .header(Header::new("DPoP", proof))
    }
}

/// Returns the header for a bound token.
pub(super) fn authorization(token: &str) -> Header<'static> {
    Header::new("Authorization", format!("DPoP {token}"))
}

/// Starts the right proof for this request.
pub(super) fn proof_for<'k>(request: &Request<'_>, key: &'k DpopKey, token: &str) -> DpopProof<'k> {
    let auth = request.rocket().state::<Auth>();
    let base = auth.and_then(Auth::public_url).unwrap_or_default();
    let path = request.uri().path();
    let url = format!("{}{path}", base.trim_end_matches('/'));
    let now = auth.map_or_else(SystemTime::now, |auth| auth.clock().now());
    let proof = DpopProof::new(key, request.method().as_str(), &url, token, now);
    match auth.and_then(Auth::dpop_nonce) {
        Some(nonce) => proof.nonce(nonce.as_str()),
        None => proof,
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
