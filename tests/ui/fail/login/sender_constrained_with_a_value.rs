use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(sender_constrained = true)]
//~^ ERROR `sender_constrained` does not take a value
//~| HELP write `sender_constrained` without a value
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
