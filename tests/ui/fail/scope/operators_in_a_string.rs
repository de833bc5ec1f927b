use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages || admin")]
//~^ ERROR a scope cannot contain a space
//~| HELP write `any("read:messages", "admin")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
