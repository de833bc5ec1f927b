use auth_runtime::requires_auth;

#[requires_auth]
mod api {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    #[path = "../another_file/messages.rs"]
    mod messages;
}

fn main() {}
