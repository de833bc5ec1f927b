use auth_runtime::public;
use rocket::get;

#[public]
#[public]
#[get("/")]
fn ping() -> &'static str {
    "pong"
}

fn main() {}
