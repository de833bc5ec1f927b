use auth_runtime::requires_role;

#[requires_role(super::ADMIN)]
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
