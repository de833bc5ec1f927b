use auth_runtime::routes;
use rocket::get;

#[get("/messages")]
fn messages() -> &'static str {
    "secret"
}

fn main() {
    let _ = routes![ #![requires_role("admin")] messages ];
    //~^ ERROR the route `messages` does not declare who may call it
    //~| NOTE write one of them above the route attribute of `messages`: `#[public]` lets anyone call it
}
