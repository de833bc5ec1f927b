use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, get};

struct MyRule;

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[requires(MyRule || MyRule)]
//~^ ERROR rules cannot be combined with operators
//~| HELP write `any(MyRule, MyRule)`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
