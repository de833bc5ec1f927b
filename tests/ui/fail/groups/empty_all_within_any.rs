use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("read:messages", all()))]
//~^ ERROR `all()` names no scope
//~| HELP name at least one, as in `all("read:messages")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
