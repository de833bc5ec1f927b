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
    //~^ ERROR `#[requires_scope]` protects nothing: there is no route in the module `scopes`
    //~| HELP a route is a function with a route attribute such as `#[get]`; those that a macro call makes, and those within functions, are not seen here
    mod scopes {
        pub const READ: &str = "read:messages";
    }
}

fn main() {}
