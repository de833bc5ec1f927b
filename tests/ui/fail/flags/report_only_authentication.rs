use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(report_only)]
//~^ ERROR `#[requires_auth]` does not take `report_only`
//~| HELP remove it: authentication is always enforced; if the token is optional, use `#[public]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
