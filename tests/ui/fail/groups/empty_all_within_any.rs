use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("read:messages", all()))]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
