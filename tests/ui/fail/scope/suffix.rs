use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages"scope)]
//~^ ERROR a scope cannot have a suffix
//~| HELP write `"read:messages"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
