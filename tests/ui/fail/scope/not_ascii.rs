use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("lire:données")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
