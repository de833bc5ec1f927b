use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, get};

struct MyRule;

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

impl MyRule {
    fn new() -> Self {
        Self
    }
}

#[requires(MyRule::new())]
//~^ ERROR cannot call non-const associated function `MyRule::new` in statics
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
