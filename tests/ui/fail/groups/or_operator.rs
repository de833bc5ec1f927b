use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages" || "write:messages")]
//~^ ERROR scopes cannot be combined with operators
//~| HELP write `any("read:messages", "write:messages")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
