use auth_runtime::requires_auth;

#[requires_auth]
mod messages {
    use auth_runtime::public;
    use rocket::get;

    #[get("/messages")]
    #[public]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
