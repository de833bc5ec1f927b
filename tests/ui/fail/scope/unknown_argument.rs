use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(scope = "read:messages")]
//~^ ERROR unknown argument of `#[requires_scope]`: `scope`
//~| HELP write only the scope, as in `#[requires_scope("read:messages")]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
