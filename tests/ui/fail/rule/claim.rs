use auth_runtime::requires;
use rocket::get;

#[requires(org_id = "acme")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
