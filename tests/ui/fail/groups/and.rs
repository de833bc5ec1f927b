use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages" && "write:messages")]
//~^ ERROR scopes are not combined by operators
//~| HELP write `all("read:messages", "write:messages")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
