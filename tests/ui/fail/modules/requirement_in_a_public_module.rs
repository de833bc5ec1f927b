use auth_runtime::public;

#[public]
mod messages {
    use auth_runtime::requires_scope;
    use rocket::get;

    #[requires_scope("read:messages")]
    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
