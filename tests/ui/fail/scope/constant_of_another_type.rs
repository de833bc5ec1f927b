use auth_runtime::requires_scope;
use rocket::get;

const READ_MESSAGES: u32 = 5;

#[requires_scope(READ_MESSAGES)]
//~^ ERROR mismatched types
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
