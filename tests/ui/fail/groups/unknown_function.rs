use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(either("read:messages", "write:messages"))]
//~^ ERROR unknown function: `either`
//~| HELP `any(…)` requires one of its scopes, `all(…)` each of them; the arguments of the attribute are all required
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
