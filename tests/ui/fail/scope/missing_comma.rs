use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages" "write:messages")]
//~^ ERROR expected `,` before this scope
//~| HELP separate scopes with commas
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
