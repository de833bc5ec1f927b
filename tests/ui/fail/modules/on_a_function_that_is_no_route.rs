use auth_runtime::requires_auth;

#[requires_auth]
mod messages {
    use auth_runtime::requires_scope;
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    #[requires_scope("read:messages")]
    pub fn helper() {}
}

fn main() {}
