use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(report_only)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
