use auth_runtime::requires_role;
use rocket::get;

#[requires_role(not_found)]
//~^ ERROR `#[requires_role]` needs at least one role
//~| HELP name the roles that a token must carry, as in `#[requires_role("admin")]`; to accept any valid token, use `#[requires_auth]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
