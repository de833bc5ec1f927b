use auth_runtime::requires_permission;
use rocket::get;

#[requires_permission]
//~^ ERROR `#[requires_permission]` needs at least one permission
//~| HELP name the permissions that a token must carry, as in `#[requires_permission("read:messages")]`; to accept any valid token, use `#[requires_auth]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
