use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(level = 9223372036854775808)]
//~^ ERROR the value of a claim is an integer of at most 64 bits, with its sign
//~| HELP write a string, if the claim is one
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
