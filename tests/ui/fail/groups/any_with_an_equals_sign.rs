use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any = ["read", "write"])]
//~^ ERROR `any` takes its scopes in parentheses
//~| HELP write `any("read", "write")`
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
