use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, async_trait, post};
use serde_json::Value;

/// Asks the issuer whether the token is still active.
struct Active;

/// In managed state: `rocket.manage(Introspection { … })`.
pub(crate) struct Introspection {
    pub(crate) client: reqwest::Client,
    pub(crate) endpoint: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

#[async_trait]
impl Rule for Active {
    async fn allows(&self, _: &AccessToken, request: &Request<'_>) -> Result<bool, RuleError> {
        let introspection = request
            .rocket()
            .state::<Introspection>()
            .ok_or("no endpoint")?;
        // The guard has verified this header.
        let header = request
            .headers()
            .get_one("Authorization")
            .unwrap_or_default();
        let (_, token) = header.split_once(' ').unwrap_or_default();
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.trim())
            .finish();
        let reply = introspection
            .client
            .post(&introspection.endpoint)
            .basic_auth(&introspection.client_id, Some(&introspection.client_secret))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await?;
        let answer: Value = serde_json::from_slice(&reply.error_for_status()?.bytes().await?)?;
        Ok(answer["active"] == true)
    }
}

#[requires(Active)]
#[post("/payouts")]
pub(crate) fn pay_out() {}
