use auth_runtime::requires_permission;
use rocket::get;

const NONE: &str = "";

#[requires_permission(NONE)]
//~^ ERROR evaluation panicked: a permission must not be empty
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
