use auth_runtime::routes;
use rocket::catch;

#[catch(404)]
fn not_found() {}

fn main() {
    let _ = routes![not_found];
    //~^ ERROR no method named `into_route` found for struct `not_found` in the current scope
    //~| ERROR the route `not_found` does not declare who may call it
    //~| NOTE write one of them above the route attribute of `not_found`: `#[public]` lets anyone call it
}
