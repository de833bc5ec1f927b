use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(groups = ["a", "b"])]
//~^ ERROR a claim value must be a string, an integer or a boolean
//~| HELP a claim that is a list matches if it contains the value; to accept one of several values, write `any(groups = …, groups = …)`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
