use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(level = 1.5)]
//~^ ERROR the value of a claim is a string, an integer or a boolean, not a float
//~| HELP floats are not compared for equality; write a rule and name it in `#[requires(MyRule)]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
