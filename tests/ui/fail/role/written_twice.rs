use auth_runtime::requires_role;
use rocket::get;

#[requires_role("admin", "admin")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
