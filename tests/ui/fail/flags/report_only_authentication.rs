use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(report_only)]
//~^ ERROR `report_only` is not possible on `#[requires_auth]`
//~| HELP remove it: authentication is never report-only; where a token is optional, use `#[public]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
