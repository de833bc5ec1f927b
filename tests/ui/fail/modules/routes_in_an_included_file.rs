use auth_runtime::{requires_auth, routes};

#[requires_auth]
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    include!("routes.in");
    //~^ ERROR `#[requires_auth]` on the module cannot see what `include!` expands to
    //~| HELP move the call out of the module: the module would not protect a route that the call defines
}

fn main() {
    let _ = routes![messages::list];
}
