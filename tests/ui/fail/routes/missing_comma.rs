use auth_runtime::{public, routes};
use rocket::get;

#[public]
#[get("/a")]
fn a() {}

#[public]
#[get("/b")]
fn b() {}

fn main() {
    let _ = routes![a b];
    //~^ ERROR expected `,` before this route
    //~| HELP separate routes with commas
}
