use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, get};

struct MyRule;

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[requires(MyRule, MyRule)]
//~^ ERROR duplicate rule: `MyRule`
//~| HELP remove one of them
//~| ERROR [note] the first one is here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
