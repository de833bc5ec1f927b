use auth_runtime::requires_permission;
use rocket::get;

const NONE: &str = "";

#[requires_permission(NONE)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
