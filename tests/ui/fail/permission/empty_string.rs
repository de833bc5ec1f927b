use auth_runtime::requires_permission;
use rocket::get;

#[requires_permission("")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
