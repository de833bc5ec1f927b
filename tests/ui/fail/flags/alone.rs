use auth_runtime::requires_role;
use rocket::get;

#[requires_role(not_found)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
