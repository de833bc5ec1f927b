use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages",, "write:messages")]
//~^ ERROR expected a scope before this `,`
//~| HELP remove this comma
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
