use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth]
#[get("/users/<id>")]
fn user(id: ) -> &str {
//~^ ERROR expected type, found `)`
//~| ERROR expected type, found `)`
//~| ERROR unexpected end of input
//~| HELP #[get] can only be used on functions
    id
}

fn main() {}
