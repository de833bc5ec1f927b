use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("a", org_id = "acme"))]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
