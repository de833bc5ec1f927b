use auth_runtime::{requires_auth, routes};

#[requires_auth]
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    include!("routes.in");
}

fn main() {
    let _ = routes![messages::list];
}
