//! The local issuer, over HTTP and in an application.

mod users;

use auth_runtime::issuer::{LocalIssuer, LocalIssuerBuilder};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::support::*;

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
        let http = reqwest::Client::builder().no_proxy();
        let http = http.redirect(reqwest::redirect::Policy::none());
        let http = http.build().expect("the options are valid");
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
