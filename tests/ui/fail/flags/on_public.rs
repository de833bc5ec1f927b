use auth_runtime::public;
use rocket::get;

#[public(report_only)]
//~^ ERROR `#[public]` takes no arguments
//~| HELP write `#[public]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
