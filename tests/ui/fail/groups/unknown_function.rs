use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(either("read:messages", "write:messages"))]
//~^ ERROR unknown function: `either`
//~| HELP `any(…)` requires one of its scopes and `all(…)` requires each of them; all arguments of the attribute are required
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
