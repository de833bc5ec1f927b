use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:*")]
//~^ ERROR an asterisk in a scope does not match other scopes
//~| HELP name each scope; if the scope really has an asterisk, write a constant
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
