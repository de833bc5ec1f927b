use auth_runtime::requires_scope;
use rocket::get;

const READ: &str = "read:messages";

#[requires_scope(READ, READ)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
