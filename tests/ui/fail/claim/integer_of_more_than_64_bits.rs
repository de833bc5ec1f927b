use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(level = 9223372036854775808)]
//~^ ERROR an integer claim value must fit in 64 bits, including its sign
//~| HELP if the claim is a string, write it in quotes
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
