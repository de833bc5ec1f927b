use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, get};

struct MyRule;

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[requires(any(scope("a"), MyRule, scope("a")))]
//~^ ERROR duplicate scope: `scope("a")`
//~| HELP remove one of them
//~| ERROR [note] the first one is here
#[get("/users/<user_id>")]
fn user(user_id: &str) -> String {
    user_id.to_owned()
}

fn main() {}
