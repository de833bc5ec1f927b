use auth_runtime::requires_auth;

#[requires_auth]
mod messages {
    use auth_runtime::public as open;
    use rocket::get;

    #[open]
    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
