use auth_runtime::requires_permission;
use rocket::get;

const NONE: &str = "";

#[requires_permission(NONE)]
//~^ ERROR evaluation panicked: a permission is not empty
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
