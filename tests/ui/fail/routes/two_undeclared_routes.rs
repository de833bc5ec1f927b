use auth_runtime::routes;
use rocket::get;

#[get("/a")]
fn a() {}

#[get("/b")]
fn b() {}

fn main() {
    let _ = routes![a, b];
}
