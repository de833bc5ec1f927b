use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, get};

struct MyRule;

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[requires(any(requires_scope("a"), MyRule))]
//~^ ERROR `requires_scope` is an attribute and cannot be an argument
//~| HELP write `scope("a")`
#[get("/users/<user_id>")]
fn user(user_id: &str) -> String {
    user_id.to_owned()
}

fn main() {}
