use std::sync::atomic::AtomicUsize;

use auth_runtime::{AccessToken, Rule, RuleError, requires};
use rocket::{Request, get};

struct MyRule(AtomicUsize);

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

impl MyRule {
    const fn new(limit: usize) -> Self {
        Self(AtomicUsize::new(limit))
    }
}

#[requires(MyRule::new(5))]
//~^ ERROR interior mutable shared borrows of temporaries that have their lifetime extended until the end of the program are not allowed
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
