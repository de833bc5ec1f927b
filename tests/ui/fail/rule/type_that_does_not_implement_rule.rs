use auth_runtime::requires;
use rocket::get;

struct MyRule(u8);

impl MyRule {
    const fn new(limit: u8) -> Self {
        Self(limit)
    }
}

#[requires(MyRule::new(5))]
//~^ ERROR `MyRule` is not a rule that a route can require
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
