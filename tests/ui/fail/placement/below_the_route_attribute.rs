use auth_runtime::requires_scope;
use rocket::get;

#[get("/")]
#[requires_scope("read:messages")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
