use auth_runtime::routes;
use rocket::get;

#[get("/a")]
fn a() {}

#[get("/b")]
fn b() {}

fn main() {
    let _ = routes![a, b];
    //~^ ERROR the route `a` does not declare who may call it
    //~| NOTE write one of them above the route attribute of `a`: `#[public]` lets anyone call it
    //~| ERROR the route `b` does not declare who may call it
    //~| NOTE write one of them above the route attribute of `b`: `#[public]` lets anyone call it
}
