use auth_runtime::{AccessToken, Auth, Rule, RuleError, requires};
use rocket::{Request, async_trait, post};

pub(crate) struct StillGood;

#[async_trait]
impl Rule for StillGood {
    async fn allows(&self, token: &AccessToken, request: &Request<'_>) -> Result<bool, RuleError> {
        let auth = request
            .rocket()
            .state::<Auth>()
            .ok_or("the fairing is not attached")?;
        Ok(!auth.is_revoked(token))
    }
}

#[requires(StillGood)]
#[post("/transfers")]
pub(crate) fn transfer() {}
