use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("admin", "read:messages" && "write:messages"))]
//~^ ERROR scopes cannot be combined with operators
//~| HELP write `all("read:messages", "write:messages")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
