use auth_runtime::public;
use rocket::get;

#[public]
//~^ ERROR [note] the other one is here
#[public]
//~^ ERROR `#[public]` is written twice
//~| HELP remove one of the two
#[get("/")]
fn ping() -> &'static str {
    "pong"
}

fn main() {}
