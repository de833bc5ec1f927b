//! Finds which client sends a request (RFC 6749 §2.3).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rocket::Request;
use rocket::request::{FromRequest, Outcome};
use serde_json::Value;
use url::form_urlencoded;

use super::State;
use super::error::OAuthError;
use super::params::Params;

/// The client of a request that names none, for scripts.
const DEFAULT_CLIENT: &str = "local-client";

/// The `Authorization` header of a request, if it has one.
#[derive(Clone, Copy)]
pub(super) struct AuthorizationHeader<'r>(pub(super) Option<&'r str>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for AuthorizationHeader<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self(request.headers().get_one("Authorization")))
    }
}

/// How a client says who it is.
struct Claimed {
    /// `None` if the request names no client.
    id: Option<String>,
    secret: Option<String>,
}

impl State {
    /// Returns the `client_id` of a request that must have one.
    ///
    /// # Errors
    /// Fails if there is none, if the client authenticates in two ways, or if its secret is wrong.
    pub(super) fn client_id(
        &self,
        header: &AuthorizationHeader<'_>,
        params: &Params,
    ) -> Result<String, OAuthError> {
        let Claimed { id, secret } = claimed(header, params)?;
        let id = id.ok_or_else(|| OAuthError::invalid_request("`client_id` is missing"))?;
        self.authenticated(id, secret.as_deref())
    }

    /// Returns the `client_id` of a request, or `local-client` if the request names no client.
    ///
    /// # Errors
    /// Fails if the client authenticates in two ways, or if its secret is wrong.
    pub(super) fn client_id_or_default(
        &self,
        header: &AuthorizationHeader<'_>,
        params: &Params,
    ) -> Result<String, OAuthError> {
        let Claimed { id, secret } = claimed(header, params)?;
        let id = id.unwrap_or_else(|| DEFAULT_CLIENT.to_owned());
        self.authenticated(id, secret.as_deref())
    }

    /// Returns the `client_id` of a client that has sent this secret. A client with a configured secret
    /// must have sent it. Every other client is believed.
    fn authenticated(&self, id: String, secret: Option<&str>) -> Result<String, OAuthError> {
        let client = self.client(&id);
        if let Some(expected) = client.and_then(super::LocalClient::secret) {
            let sent = secret.unwrap_or_default();
            verify_slices_are_equal(sent.as_bytes(), expected.as_bytes())
                .map_err(|_| OAuthError::invalid_client("the client's secret is wrong"))?;
        }
        Ok(id)
    }
}

fn claimed(header: &AuthorizationHeader<'_>, params: &Params) -> Result<Claimed, OAuthError> {
    let id = params.get("client_id");
    let secret = params.get("client_secret");
    let assertion = params.get("client_assertion");
    let ways = [header.0, secret, assertion];
    if ways.into_iter().flatten().count() > 1 {
        return Err(OAuthError::invalid_request(
            "the client authenticates in more than one way",
        ));
    }
    let claimed = match (header.0, assertion) {
        (Some(header), _) => basic(header)
            .ok_or_else(|| OAuthError::invalid_client("the Authorization header is malformed"))?,
        (None, Some(assertion)) => asserted(assertion)
            .ok_or_else(|| OAuthError::invalid_client("`client_assertion` is malformed"))?,
        (None, None) => Claimed {
            id: id.map(str::to_owned),
            secret: secret.map(str::to_owned),
        },
    };
    if id.is_some() && id != claimed.id.as_deref() {
        return Err(OAuthError::invalid_client(
            "`client_id` is not the client that authenticates",
        ));
    }
    Ok(claimed)
}

/// Reads HTTP Basic credentials, which are form-encoded first (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<Claimed> {
    let (scheme, value) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some(Claimed {
        id: Some(form_decoded(id)),
        secret: Some(form_decoded(secret)),
    })
}

fn form_decoded(text: &str) -> String {
    // One name without a value. `&` and `=` are encoded in it.
    let decoded = form_urlencoded::parse(text.as_bytes()).next();
    decoded
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

/// Reads the name in a `private_key_jwt`. The issuer has no keys of clients and does not verify it, so
/// that it never stands in for a secret.
fn asserted(assertion: &str) -> Option<Claimed> {
    let payload = URL_SAFE_NO_PAD.decode(assertion.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    Some(Claimed {
        id: Some(claims.get("sub")?.as_str()?.to_owned()),
        secret: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(header: Option<&str>, form: &str) -> Result<Option<String>, &'static str> {
        let params = Params::parse(form).unwrap();
        let claimed = claimed(&AuthorizationHeader(header), &params);
        claimed
            .map(|claimed| claimed.id)
            .map_err(|error| error.code())
    }

    #[test]
    fn a_client_names_itself_in_one_way() {
        // `a%3Ab:s`, which means `a:b`.
        let basic = Some("Basic YSUzQWI6cw==");
        assert_eq!(names(basic, ""), Ok(Some("a:b".to_owned())));
        assert_eq!(names(basic, "client_id=a:b"), Ok(Some("a:b".to_owned())));
        assert_eq!(names(None, "client_id=app"), Ok(Some("app".to_owned())));
        assert_eq!(names(None, ""), Ok(None));
        let assertion = "client_assertion=e30.eyJzdWIiOiJhcHAifQ.x";
        assert_eq!(names(None, assertion), Ok(Some("app".to_owned())));
        for (header, form, error) in [
            (basic, "client_id=other", "invalid_client"),
            (basic, "client_secret=s", "invalid_request"),
            (basic, assertion, "invalid_request"),
            (Some("Basic ?"), "", "invalid_client"),
            (Some("Bearer x"), "", "invalid_client"),
            (None, "client_assertion=x", "invalid_client"),
        ] {
            assert_eq!(names(header, form), Err(error), "{header:?} {form}");
        }
    }
}
