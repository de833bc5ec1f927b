use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, get};

struct MyRule;

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[requires(&MyRule)]
//~^ ERROR expected a rule (a path, a struct literal or a call), found a reference
//~| HELP write `MyRule`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
