use auth_runtime::requires_scope;
use rocket::get;

const READ_MESSAGES: &str = "read messages";

#[requires_scope(READ_MESSAGES)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
