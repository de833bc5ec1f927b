use auth_runtime::requires_role;
use rocket::get;

const ADMIN: u8 = 1;

#[requires_role(ADMIN)]
//~^ ERROR mismatched types
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
