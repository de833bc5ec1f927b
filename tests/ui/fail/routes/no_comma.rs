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
    //~^ ERROR expected `,`
    //~| HELP `routes!` takes the names of route handlers, separated by commas
}
