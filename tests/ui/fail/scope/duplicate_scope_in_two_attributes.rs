use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages")]
//~^ ERROR [note] the first one is here
#[requires_scope("write:messages", "read:messages")]
//~^ ERROR duplicate scope: `"read:messages"`
//~| HELP remove one of them
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
