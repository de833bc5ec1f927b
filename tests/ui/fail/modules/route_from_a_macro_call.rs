use auth_runtime::{requires_auth, routes};

macro_rules! handler {
    ($name:ident) => {
        #[rocket::get("/made")]
        pub fn $name() -> &'static str {
            "secret"
        }
    };
}

#[requires_auth]
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    handler!(made);
    //~^ ERROR `#[requires_auth]` on the module cannot see what `handler!` expands to
    //~| HELP move the call out of the module: the module would not protect a route that the call defines
}

fn main() {
    let _ = routes![messages::list, messages::made];
    //~^ ERROR the route `made` does not declare who may call it
    //~| NOTE write one of them above the route attribute of `made`: `#[public]` lets anyone call it
}
