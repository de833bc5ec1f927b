use auth_runtime::{public, requires_scope};

#[public]
#[requires_scope("read:messages")]
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
