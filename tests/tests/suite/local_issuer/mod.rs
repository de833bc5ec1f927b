//! The local issuer, over HTTP and in an application.

mod client_credentials;
mod code;
mod device;
mod dpop;
mod end_session;
mod metadata;
mod refresh;
mod revoke;
mod server;
mod signals;
mod userinfo;
mod users;

use std::collections::HashMap;

use auth_runtime::issuer::{LocalIssuer, LocalIssuerBuilder};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::support::*;

const REDIRECT_URI: &str = "http://127.0.0.1:3000/callback?x=1";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn exchange_form(code: &str) -> [(&str, &str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ]
}

/// The parameters with which the user is sent back to the client.
#[track_caller]
fn redirect_of(reply: &Reply) -> HashMap<String, String> {
    assert_eq!(reply.status, 303, "{reply:?}");
    let location = reply.header("Location").expect("a redirect has a target");
    let (target, query) = location.split_once('?').expect("it has parameters");
    assert_eq!(target, "http://127.0.0.1:3000/callback");
    let query = url::form_urlencoded::parse(query.as_bytes());
    query.into_owned().collect()
}

/// Asserts that this is an error as RFC 6749 §5.2 has it.
#[track_caller]
fn expect_error(reply: &Reply, status: u16, error: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.json()["error"], error, "{reply:?}");
    assert!(reply.json()["error_description"].is_string(), "{reply:?}");
    assert_eq!(reply.header("Cache-Control"), Some("no-store"));
    assert_eq!(reply.header("Content-Type"), Some("application/json"));
}

/// A running issuer and a client that speaks to it.
struct Server {
    issuer: LocalIssuer,
    http: reqwest::Client,
}

impl Server {
    async fn start() -> Self {
        Self::from_builder(LocalIssuer::builder("https://api.test")).await
    }

    async fn from_builder(builder: LocalIssuerBuilder) -> Self {
        let issuer = builder.start().await.expect("the local issuer starts");
        let http = http_client_with(reqwest::redirect::Policy::none());
        Self { issuer, http }
    }

    /// Starts a request with this form.
    fn post(&self, path: &str, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        self.http
            .post(format!("{}{path}", self.issuer.url()))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body.finish())
    }

    async fn get(&self, path: &str) -> Reply {
        let url = format!("{}{path}", self.issuer.url());
        Reply::read(self.http.get(url).send().await.unwrap()).await
    }

    async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        Reply::read(self.post(path, form).send().await.unwrap()).await
    }

    /// Logs a user in with these parameters in place of the usual ones, and returns the reply.
    async fn authorize(&self, user: &str, more: &[(&str, &str)]) -> Reply {
        let usual = [
            ("response_type", "code"),
            ("client_id", "app"),
            ("redirect_uri", REDIRECT_URI),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("scope", "openid read:messages"),
            ("state", "s t"),
            ("user", user),
        ];
        let usual = usual
            .iter()
            .filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        let form: Vec<_> = usual.chain(more).copied().collect();
        self.post_form("authorize", &form).await
    }

    /// Logs a user in, and returns the code.
    async fn code(&self, user: &str, more: &[(&str, &str)]) -> String {
        let reply = self.authorize(user, more).await;
        let query = redirect_of(&reply);
        query["code"].clone()
    }

    /// Exchanges a code.
    async fn exchange(&self, code: &str) -> Reply {
        self.token(&exchange_form(code)).await
    }

    /// Logs a user in, and returns the reply with the tokens.
    async fn log_in(&self, user: &str, scope: &str) -> Value {
        let code = self.code(user, &[("scope", scope)]).await;
        let reply = self.exchange(&code).await;
        reply.expect_success();
        reply.json()
    }

    async fn is_active(&self, token: &str) -> bool {
        let form = [
            ("token", token),
            ("client_id", "api"),
            ("client_secret", "any"),
        ];
        let reply = self.post_form("introspect", &form).await;
        reply.json()["active"].as_bool().unwrap()
    }

    /// Sends this form to the token endpoint.
    async fn token(&self, form: &[(&str, &str)]) -> Reply {
        Reply::read(self.post("oauth/token", form).send().await.unwrap()).await
    }
}

/// The claims of a token that is a JWT.
fn claims_of(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a token has three parts");
    let payload = URL_SAFE_NO_PAD.decode(payload).expect("it is base64url");
    serde_json::from_slice(&payload).expect("it is JSON")
}
