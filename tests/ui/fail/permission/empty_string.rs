use auth_runtime::requires_permission;
use rocket::get;

#[requires_permission("")]
//~^ ERROR a permission cannot be empty
//~| HELP name the permission that a token must carry; to accept any valid token, use `#[requires_auth]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
