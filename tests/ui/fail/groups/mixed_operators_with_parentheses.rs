use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("user" && ("read:messages" | "write:messages"))]
//~^ ERROR scopes cannot be combined with operators
//~| HELP write `all("user", any("read:messages", "write:messages"))`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
