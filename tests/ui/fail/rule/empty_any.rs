use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, get};

struct MyRule;

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[requires(any())]
//~^ ERROR `any()` needs at least one rule
//~| HELP write, for example, `any(MyRule, OtherRule)`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
