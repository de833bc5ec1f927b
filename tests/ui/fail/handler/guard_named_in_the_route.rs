use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth]
//~^ ERROR the trait bound `Authorized<messages>: FromParam<'_>` is not satisfied
#[get("/<__auth_authorized>")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
