use auth_runtime::requires_permission;
use rocket::get;

#[requires_permission("read:messages", report_only = true)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
