use auth_runtime::public;

#[public]
mod messages {
    use auth_runtime::requires_scope;

    #[requires_scope("read:messages")]
    pub mod inner {
        #[rocket::get("/messages")]
        pub fn list() -> &'static str {
            "secret"
        }
    }
}

fn main() {}
