use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "<user_id>", not_found)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
