use auth_runtime::requires_auth;

#[requires_auth]
mod messages {
    use auth_runtime::{public, requires_scope};
    use rocket::get;

    #[public]
    #[requires_scope("read:messages")]
    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
