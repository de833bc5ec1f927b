use auth_runtime::requires_role;
use rocket::get;

#[requires_role(name = "admin")]
//~^ ERROR unknown argument of `#[requires_role]`: `name`
//~| HELP its arguments are roles, which are string literals or paths of constants; to require a claim, write `#[requires_claim(name = …)]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
