use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(email_verified)]
//~^ ERROR expected a value for the claim `email_verified`
//~| HELP write `email_verified = "…"`, or `email_verified = true`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
