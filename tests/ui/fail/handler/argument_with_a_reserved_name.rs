use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth]
#[get("/<__auth_authorized>")]
fn messages(__auth_authorized: u8) -> String {
//~^ ERROR the parameter name `__auth_authorized` is reserved
//~| HELP rename this parameter
    __auth_authorized.to_string()
}

fn main() {}
