use auth_runtime::requires;

#[requires(crate::MyRule { limit: limits::MOST })]
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
