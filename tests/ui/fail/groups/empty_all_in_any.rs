use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("read:messages", all()))]
//~^ ERROR `all()` needs at least one scope
//~| HELP write, for example, `all("read", "write")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
