use auth_runtime::requires_scope;

const READ: &str = "read:messages";

#[requires_scope(any("a", self::READ))]
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
