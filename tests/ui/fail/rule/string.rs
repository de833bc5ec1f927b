use auth_runtime::requires;
use rocket::get;

#[requires("read:messages")]
//~^ ERROR expected a rule (a path, a struct literal or a call), found a string
//~| HELP to require a scope, write `#[requires_scope("read:messages")]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
