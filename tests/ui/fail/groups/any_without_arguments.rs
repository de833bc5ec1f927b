use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any)]
//~^ ERROR `any` needs at least one scope
//~| HELP write, for example, `any("read", "write")`
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
