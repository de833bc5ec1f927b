use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("read:messages", "write:messages", not_found))]
//~^ ERROR `not_found` must come last
//~| HELP move it to the end: it applies to everything that the attribute requires
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
