use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("read:messages", "write:messages", not_found))]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
