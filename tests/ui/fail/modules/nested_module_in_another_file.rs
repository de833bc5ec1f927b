use auth_runtime::requires_auth;

#[requires_auth]
mod api {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    mod messages;
}

fn main() {}
