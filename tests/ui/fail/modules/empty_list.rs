use auth_runtime::requires_scope;

#[requires_scope()]
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
