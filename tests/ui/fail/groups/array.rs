use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(["read:messages", "write:messages"])]
//~^ ERROR a list does not say whether all of its elements are required or only one
//~| HELP write `any("read:messages", "write:messages")` or `all("read:messages", "write:messages")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
