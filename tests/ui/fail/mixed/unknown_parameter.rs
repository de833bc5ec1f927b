use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, get};

struct MyRule;

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[requires(any(claim(sub = "<id>"), MyRule))]
//~^ ERROR the route has no parameter `<id>`
//~| HELP the parameters of its path are: `<user_id>`
#[get("/users/<user_id>")]
fn user(user_id: &str) -> String {
    user_id.to_owned()
}

fn main() {}
