use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages"scope)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
