use auth_runtime::requires_permission;
use rocket::get;

#[requires_permission(5)]
//~^ ERROR expected a string literal or the path of a constant, found an integer
//~| HELP a permission is a string, such as `"read:messages"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
