use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any())]
//~^ ERROR `any()` names no scope
//~| HELP name at least one, as in `any("read:messages")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
