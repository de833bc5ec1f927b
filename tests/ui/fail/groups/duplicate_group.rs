use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("a", "b"), any("a", "b"))]
//~^ ERROR duplicate requirement: `any("a", "b")`
//~| HELP remove one of them
//~| ERROR [note] the first one is here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
