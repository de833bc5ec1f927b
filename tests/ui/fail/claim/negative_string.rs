use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(level = -"5")]
//~^ ERROR expected an integer after `-`, found a string
//~| HELP remove the `-`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
