use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(level = 5u8)]
//~^ ERROR a claim value cannot have a suffix
//~| HELP remove `u8`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
