use auth_runtime::{requires_auth, routes};

#[requires_auth]
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    pub fn stage() -> Vec<rocket::Route> {
        #[cfg_attr(all(), auth_runtime::requires_scope("a"), rocket::get("/inner"))]
        //~^ ERROR `#[requires_auth]` on the module does not reach a route inside another item
        //~| HELP move the route out, so that it is an item of the module
        fn inner() {}

        #[rocket::get("/plain")]
        //~^ ERROR `#[requires_auth]` on the module does not reach a route inside another item
        //~| HELP move the route out, so that it is an item of the module
        fn plain() {}

        rocket::routes![plain]
    }
}

fn main() {
    let _ = routes![messages::list];
}
