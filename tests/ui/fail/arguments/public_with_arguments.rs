use auth_runtime::public;
use rocket::get;

#[public("/ping")]
//~^ ERROR `#[public]` takes no arguments
//~| HELP write `#[public]`
#[get("/ping")]
fn ping() -> &'static str {
    "pong"
}

fn main() {}
