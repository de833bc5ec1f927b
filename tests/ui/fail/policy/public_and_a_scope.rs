use auth_runtime::{public, requires_scope};
use rocket::get;

#[public]
//~^ ERROR `#[public]` cannot be combined with `#[requires_scope]`
//~| HELP remove one of them: either anyone may call the route, or a token is required
#[requires_scope("read:messages")]
//~^ ERROR [note] a token is required here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
