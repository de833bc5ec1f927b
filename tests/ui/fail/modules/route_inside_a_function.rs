use auth_runtime::{requires_auth, routes};

#[requires_auth]
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    pub fn stage() -> Vec<rocket::Route> {
        #[auth_runtime::requires_scope("a")]
        //~^ ERROR `#[requires_auth]` on the module does not reach a route inside another item
        //~| HELP move the route out, so that it is an item of the module
        #[rocket::get("/inner")]
        fn inner() {}

        auth_runtime::routes![inner]
    }
}

fn main() {
    let _ = routes![messages::list];
}
