use auth_runtime::public;
use rocket::get;

#[public("/ping")]
#[get("/ping")]
fn ping() -> &'static str {
    "pong"
}

fn main() {}
