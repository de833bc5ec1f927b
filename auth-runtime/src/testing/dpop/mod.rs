//! Provides `DPoP` keys and their proofs, both valid and invalid.

mod key;
mod proof;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::http::Header;
use rocket::local::{asynchronous, blocking};
use rocket::{Orbit, Request, Rocket};

pub use self::key::DpopKey;
pub use self::proof::DpopProof;
use crate::auth::Auth;

/// Sends a token that is bound to a `DPoP` key, with a fresh proof, along with a request of Rocket's
/// local client.
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
