use auth_runtime::requires_auth;

#[requires_auth]
//~^ ERROR `#[requires_auth]` protects nothing: there is no route in the module `messages`
//~| HELP a route is a function with a route attribute such as `#[get]`; those that a macro call makes, and those within functions, are not seen here
mod messages {
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
