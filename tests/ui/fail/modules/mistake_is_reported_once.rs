use auth_runtime::requires_scope;

#[requires_scope("read messages", "a", "a")]
//~^ ERROR a scope cannot contain a space
//~| HELP write each scope as a separate string: `"read", "messages"`
//~| ERROR duplicate scope: `"a"`
//~| HELP remove one of them
//~| ERROR [note] the first one is here
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
