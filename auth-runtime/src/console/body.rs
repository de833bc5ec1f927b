//! Reads the JSON body of a request. The body may contain a token. Rocket's own `Json` quotes a body
//! that it cannot read in the log, so the console does not use it.

use rocket::data::{Capped, FromData, Outcome, ToByteUnit};
use rocket::http::Status;
use rocket::{Data, Request};
use serde::de::DeserializeOwned;

/// A token has at most 16 KiB, and claims to make one of are smaller.
const MAX_KIB: u64 = 64;

/// A body of this form.
pub(super) struct Body<T>(pub(super) T);

/// The body is too large, or not of the expected form.
#[derive(Debug)]
pub(super) struct Unreadable;

#[rocket::async_trait]
impl<'r, T: DeserializeOwned> FromData<'r> for Body<T> {
    type Error = Unreadable;

    async fn from_data(_: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let bytes = data.open(MAX_KIB.kibibytes()).into_bytes().await;
        let bytes = bytes.ok().filter(Capped::is_complete);
        match bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            Some(body) => Outcome::Success(Self(body)),
            None => Outcome::Error((Status::UnprocessableEntity, Unreadable)),
        }
    }
}
