use auth_runtime::{public, routes};
use rocket::get;

#[public]
#[get("/ping")]
fn ping() -> &'static str {
    "pong"
}

fn main() {
    let _ = routes![ #![requires_role("admin")] ping ];
    //~^ ERROR evaluation panicked: a `#[public]` route cannot be in a list with requirements; mount it in another list
}
