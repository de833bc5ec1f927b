use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("a,b")]
//~^ ERROR a comma in a scope does not separate scopes
//~| HELP write `"a", "b"`; if the scope really has a comma, write a constant
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
