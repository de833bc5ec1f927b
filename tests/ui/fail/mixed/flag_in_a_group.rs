use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, get};

struct MyRule;

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[requires(any(scope("a", not_found), MyRule))]
//~^ ERROR `not_found` must come last
//~| HELP move it to the end: it applies to everything that the attribute requires
#[get("/users/<user_id>")]
fn user(user_id: &str) -> String {
    user_id.to_owned()
}

fn main() {}
