use auth_runtime::requires_scope;

#[requires_scope("read messages", "a", "a")]
mod messages {
    use rocket::{get, post};

    #[get("/messages")]
    pub fn list() {}

    #[post("/messages")]
    pub fn create() {}

    pub mod inner {
        #[rocket::get("/inner")]
        pub fn list() {}
    }
}

fn main() {}
