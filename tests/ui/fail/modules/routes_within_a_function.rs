use auth_runtime::{requires_auth, routes};

#[requires_auth]
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    pub fn stage() -> Vec<rocket::Route> {
        #[cfg_attr(all(), auth_runtime::requires_scope("a"), rocket::get("/inner"))]
        fn inner() {}

        #[rocket::get("/plain")]
        fn plain() {}

        rocket::routes![plain]
    }
}

fn main() {
    let _ = routes![messages::list];
}
