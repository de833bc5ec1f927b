use auth_runtime::requires_role;
use rocket::get;

#[requires_role(name = "admin")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
