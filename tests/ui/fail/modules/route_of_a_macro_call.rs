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
}

fn main() {
    let _ = routes![messages::list, messages::made];
}
