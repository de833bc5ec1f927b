use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(not("read:messages"))]
//~^ ERROR a scope cannot be negated
//~| HELP name what the caller must have; for anything else, write a rule and name it in `#[requires(MyRule)]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
