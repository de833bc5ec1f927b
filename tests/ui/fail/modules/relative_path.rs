use auth_runtime::requires_scope;

mod scopes {
    pub const READ: &str = "read:messages";
}

#[requires_scope(scopes::READ)]
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
