use auth_runtime::requires;

#[requires(crate::MyRule::new(LIMIT))]
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
