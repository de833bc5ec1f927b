//! Serves the authorization endpoint (RFC 6749 §3.1), whose page asks who logs in.

use rocket::http::Status;
use rocket::{Responder, State as Managed, get, post};
use url::Url;

use super::clients::redirect_uri;
use super::error::OAuthError;
use super::grants::{AuthorizationCode, CodeChallenge, audience, login_now, requested_scope};
use super::page::{Page, Redirect, escaped};
use super::params::Params;
use super::query::Query;
use super::secret::secret;
use super::{SharedState, State};

/// A page, or the way back to the client.
#[derive(Debug, Responder)]
pub(super) enum Reply {
    Page(Page),
    Redirect(Redirect),
}

/// A request whose redirect URI is valid, so that errors are sent there.
struct AuthorizationRequest<'p> {
    client: &'p str,
    redirect_uri: Url,
    params: &'p Params,
}

#[get("/authorize")]
pub(super) fn ask(state: &Managed<SharedState>, query: Query<'_>) -> Reply {
    answer(state, query.params(), |asked| {
        asked.check()?;
        if asked.params.get("prompt") == Some("none") {
            // The issuer does not remember who has logged in.
            let why = "the user has to choose";
            return Err(OAuthError::bad_request("login_required", why));
        }
        Ok(Reply::Page(asked.page(state)))
    })
}

#[post("/authorize", data = "<params>")]
pub(super) fn log_in(state: &Managed<SharedState>, params: Result<Params, OAuthError>) -> Reply {
    answer(state, params, |asked| {
        asked.check()?;
        let user = asked.params.require("user")?;
        if state.user(user).is_none() {
            return Err(OAuthError::bad_request(
                "access_denied",
                "there is no such user",
            ));
        }
        let code = asked.code(state, user)?;
        Ok(Reply::Redirect(
            asked.redirect(state, &[("code", Some(code.as_str()))]),
        ))
    })
}

/// Answers a request with a page if its redirect URI is not valid, and otherwise as `reply` says.
fn answer(
    state: &State,
    params: Result<Params, OAuthError>,
    reply: impl FnOnce(&AuthorizationRequest<'_>) -> Result<Reply, OAuthError>,
) -> Reply {
    let params = match params {
        Ok(params) => params,
        Err(error) => return refused(error.description()),
    };
    let asked = match AuthorizationRequest::read(state, &params) {
        Ok(asked) => asked,
        Err(why) => return refused(why),
    };
    reply(&asked).unwrap_or_else(|error| {
        let error = [
            ("error", Some(error.code())),
            ("error_description", Some(error.description())),
        ];
        Reply::Redirect(asked.redirect(state, &error))
    })
}

fn refused(why: &str) -> Reply {
    Reply::Page(Page::message(Status::BadRequest, "Wrong request", why))
}

impl<'p> AuthorizationRequest<'p> {
    /// Finds the client and a redirect URI that it may use. Nobody is sent to another one.
    fn read(state: &State, params: &'p Params) -> Result<Self, &'static str> {
        let client = params.get("client_id").ok_or("`client_id` is missing")?;
        let uri = params
            .get("redirect_uri")
            .ok_or("`redirect_uri` is missing")?;
        let redirect_uri = redirect_uri(state.client(client), uri).ok_or(
            "`redirect_uri` is neither one of the client's `redirect_uris` nor on a loopback address",
        )?;
        Ok(Self {
            client,
            redirect_uri,
            params,
        })
    }

    fn check(&self) -> Result<(), OAuthError> {
        for unsupported in ["request", "request_uri"] {
            if self.params.get(unsupported).is_some() {
                return Err(OAuthError::bad_request(
                    "request_not_supported",
                    "request objects are not supported",
                ));
            }
        }
        if self.params.require("response_type")? != "code" {
            return Err(OAuthError::bad_request(
                "unsupported_response_type",
                "`response_type` must be `code`",
            ));
        }
        if self
            .params
            .get("response_mode")
            .is_some_and(|mode| mode != "query")
        {
            return Err(OAuthError::invalid_request(
                "`response_mode` must be `query`",
            ));
        }
        requested_scope(self.params)?;
        CodeChallenge::read(self.params).map(|_| ())
    }

    fn page(&self, state: &State) -> Page {
        let scope = self.params.get("scope").map_or_else(String::new, |scope| {
            format!(", which asks for <b>{}</b>", escaped(scope))
        });
        let intro = format!("Log in to <b>{}</b>{scope}.", escaped(self.client));
        let fields = self.params.iter().filter(|(name, _)| *name != "user");
        Page::login(
            "/authorize",
            &intro,
            fields,
            &state.users,
            Some(&self.redirect_uri),
        )
    }

    fn code(&self, state: &State, user: &str) -> Result<String, OAuthError> {
        let login = login_now(
            self.client,
            user,
            requested_scope(self.params)?,
            audience(self.params),
            self.params.get("nonce").map(str::to_owned),
        )?;
        let code = secret("code")?;
        let entry = AuthorizationCode {
            login,
            redirect_uri: self.params.require("redirect_uri")?.to_owned(),
            challenge: CodeChallenge::read(self.params)?,
            thumbprint: self.params.get("dpop_jkt").map(str::to_owned),
            is_redeemed: false,
        };
        state.codes.insert(code.clone(), entry);
        Ok(code)
    }

    /// Sends the user back, with the state that the client sent, and the issuer (RFC 9207).
    fn redirect(&self, state: &State, params: &[(&str, Option<&str>)]) -> Redirect {
        let more = [
            ("state", self.params.get("state")),
            ("iss", Some(state.url())),
        ];
        let params: Vec<_> = params.iter().chain(&more).copied().collect();
        Redirect::new(self.redirect_uri.clone(), &params)
    }
}
