use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = ":id")]
//~^ ERROR `:id` is plain text, but the route has a parameter `<id>`
//~| HELP for the parameter of the route, write `sub = "<id>"`
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
