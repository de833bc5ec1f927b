use auth_runtime::{requires_auth, routes};

#[requires_auth]
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    include!("routes.in");
    //~^ ERROR `#[requires_auth]` of the module cannot see what `include!` makes
    //~| HELP move the call out of the module: a route that it makes would not be protected by the module
}

fn main() {
    let _ = routes![messages::list];
}
