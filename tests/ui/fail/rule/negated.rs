use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, get};

struct MyRule;

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[requires(!MyRule)]
//~^ ERROR a rule cannot be negated
//~| HELP write a rule that decides the opposite
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
