use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(report_only, "read:messages")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
