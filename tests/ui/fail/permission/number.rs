use auth_runtime::requires_permission;
use rocket::get;

#[requires_permission(5)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
