use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages", not_found, not_found)]
//~^ ERROR `not_found` is given twice
//~| HELP remove one of them
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
