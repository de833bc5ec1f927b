use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(level = 1.5)]
//~^ ERROR a claim value must be a string, an integer or a boolean, not a float
//~| HELP floats cannot be compared for equality; write a rule and name it in `#[requires(MyRule)]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
