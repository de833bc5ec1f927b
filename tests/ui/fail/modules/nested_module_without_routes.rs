use auth_runtime::requires_auth;

#[requires_auth]
mod messages {
    use auth_runtime::requires_scope;
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    #[requires_scope("read:messages")]
    //~^ ERROR `#[requires_scope]` protects nothing: the module `scopes` has no routes
    //~| HELP a route is a function with a route attribute such as `#[get]`; routes that macro calls define, and routes inside functions, are not seen here
    mod scopes {
        pub const READ: &str = "read:messages";
    }
}

fn main() {}
