use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth]
#[requires_scope("read:messages")]
//~^ ERROR cannot find attribute `requires_scope` in this scope
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
