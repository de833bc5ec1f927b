use auth_runtime::public;
use rocket::get;

#[public(report_only)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
