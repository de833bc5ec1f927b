use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(groups = "a", groups = "b", groups = "a")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
