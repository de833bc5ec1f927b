use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(groups = ["a", "b"])]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
