use auth_runtime::requires;
use rocket::get;

#[requires(|token| token.subject().is_some())]
//~^ ERROR expected a rule (a path, a struct literal or a call), found a closure
//~| HELP write a type that implements `auth_runtime::Rule`, and name it here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
