use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("read:messages", "read:messages"))]
//~^ ERROR duplicate scope: `"read:messages"`
//~| HELP remove one of them
//~| ERROR [note] the first one is here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
