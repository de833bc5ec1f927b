use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(["read:messages", "write:messages"])]
//~^ ERROR a list in brackets does not say whether one or all of it is required
//~| HELP write `any("read:messages", "write:messages")` or `all("read:messages", "write:messages")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
