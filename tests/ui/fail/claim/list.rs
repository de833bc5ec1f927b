use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(groups = ["a", "b"])]
//~^ ERROR the value of a claim is a string, an integer or a boolean
//~| HELP a claim that is a list is met if it holds the value; for one of several values, write `any(groups = …, groups = …)`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
