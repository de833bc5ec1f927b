use auth_runtime::public;
use rocket::get;

#[public]
//~^ ERROR [note] the first one is here
#[public]
//~^ ERROR `#[public]` is given twice
//~| HELP remove one of them
#[get("/")]
fn ping() -> &'static str {
    "pong"
}

fn main() {}
