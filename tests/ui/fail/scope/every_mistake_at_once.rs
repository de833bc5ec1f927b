use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read messages", 5)]
#[requires_scope()]
#[get("/")]
#[requires_scope("a", "a")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
