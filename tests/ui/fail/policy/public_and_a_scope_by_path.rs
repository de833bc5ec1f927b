use auth_runtime::public;
use rocket::get;

#[public]
#[::auth_runtime::requires_scope("read:messages")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
