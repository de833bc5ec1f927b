use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(scope = "x")]
//~^ ERROR `#[requires_auth]` does not take `scope`
//~| HELP write `#[requires_scope("x")]`
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
