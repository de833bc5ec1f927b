use auth_runtime::{requires_auth, routes};
use rocket::get;

#[requires_auth]
#[get("/users/<id>")]
fn user(id: u64) -> String {
    id.to_string()
}

fn main() {
    let _ = routes![ #![requires_claim(any(sub = "<id>", admin = true))] user ];
    //~^ ERROR a list of routes has no parameter `<id>`
    //~| HELP write `#[requires_claim(sub = "<id>")]` on each route that has it
}
