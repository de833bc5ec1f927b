use auth_runtime::{requires_auth, routes};
use rocket::get;

#[requires_auth]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {
    let _ = rocket::build().mount("/", routes![ #![requires_role("admin")], messages ]);
    //~^ ERROR expected a route before this `,`
    //~| HELP remove this comma
}
