use auth_runtime::requires_scope;
use rocket::get;

const READ: &str = "read:messages";

#[requires_scope(READ, READ)]
//~^ ERROR duplicate scope: `READ`
//~| HELP remove one of them
//~| ERROR [note] the first one is here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
