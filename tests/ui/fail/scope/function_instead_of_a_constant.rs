use auth_runtime::requires_scope;
use rocket::get;

fn read_messages() -> &'static str {
    "read:messages"
}

#[requires_scope(read_messages)]
//~^ ERROR mismatched types
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
