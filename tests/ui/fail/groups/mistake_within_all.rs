use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("a", all("b c", 5)))]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
