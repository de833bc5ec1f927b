use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(any(max_age = 300, acr = "gold"))]
//~^ ERROR `any(…)` is not possible in `#[requires_auth]`
//~| HELP write its arguments alone: they are all required
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
