//! Sends JSON replies that no cache stores. Some of them carry a nonce for the client's next proof.

use rocket::Request;
use rocket::http::Header;
use rocket::response::{self, Responder, Response};
use rocket::serde::json::Json;
use serde_json::Value;

use crate::binding::Nonce;

/// A reply about a token or a user (RFC 6749 §5.1, RFC 9449 §8.2).
pub(super) struct JsonReply {
    pub(super) body: Value,
    pub(super) next_nonce: Option<Nonce>,
}

/// Creates the header with the nonce for the next proof.
pub(super) fn nonce_header(nonce: &Nonce) -> Header<'static> {
    Header::new("DPoP-Nonce", nonce.as_str().to_owned())
}

impl<'r> Responder<'r, 'static> for JsonReply {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build_from(Json(self.body).respond_to(request)?)
            .header(Header::new("Cache-Control", "no-store"))
            .finalize();
        if let Some(nonce) = &self.next_nonce {
            response.set_header(nonce_header(nonce));
        }
        Ok(response)
    }
}
