use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth]
#[get("/<__auth_authorized>")]
fn messages(__auth_authorized: u8) -> String {
//~^ ERROR the argument name `__auth_authorized` is reserved
//~| HELP rename this argument
    __auth_authorized.to_string()
}

fn main() {}
