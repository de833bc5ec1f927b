use auth_runtime::requires_auth;
use rocket::catch;

#[requires_auth]
//~^ ERROR `#[requires_auth]` cannot be used on a catcher
//~| HELP remove it: catchers cannot be protected; protect the routes
#[catch(404)]
fn not_found() -> &'static str {
    "nothing here"
}

fn main() {}
