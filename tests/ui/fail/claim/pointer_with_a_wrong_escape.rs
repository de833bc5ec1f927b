use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim("/realm~access" = "eu")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
