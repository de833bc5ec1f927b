use auth_runtime::requires;
use rocket::get;

#[requires()]
//~^ ERROR `#[requires]` needs at least one rule
//~| HELP name the rule that a request must meet, as in `#[requires(MyRule)]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
