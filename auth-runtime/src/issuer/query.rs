//! Keeps the queries of requests out of the log. Rocket logs the address of each request, and a query may
//! contain a token, such as `id_token_hint`. Therefore a fairing removes the query from the address before
//! Rocket logs it.

use rocket::Request;
use rocket::fairing::{AdHoc, Fairing};
use rocket::http::ext::IntoOwned as _;
use rocket::request::{FromRequest, Outcome};

use super::error::OAuthError;
use super::params::Params;

/// The query of a request, which is empty if the request has none.
#[derive(Clone, Copy)]
pub(super) struct Query<'r>(&'r str);

impl Query<'_> {
    /// Parses the parameters.
    ///
    /// # Errors
    /// Fails if a parameter occurs twice.
    pub(super) fn params(self) -> Result<Params, OAuthError> {
        Params::parse(self.0)
    }
}

/// The query as the request keeps it.
struct Kept(String);

pub(super) fn fairing() -> impl Fairing {
    AdHoc::on_request("Queries stay out of the log", |request, _| {
        Box::pin(async move {
            let mut uri = request.uri().clone().into_owned();
            if let Some(query) = uri.query() {
                let query = query.as_str().to_owned();
                request.local_cache(|| Kept(query));
                uri.clear_query();
                request.set_uri(uri);
            }
        })
    })
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Query<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let Kept(query) = request.local_cache(|| Kept(String::new()));
        Outcome::Success(Self(query))
    }
}
