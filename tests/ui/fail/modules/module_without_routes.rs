use auth_runtime::requires_auth;

#[requires_auth]
//~^ ERROR `#[requires_auth]` protects nothing: the module `messages` has no routes
//~| HELP a route is a function with a route attribute such as `#[get]`; routes that macro calls define, and routes inside functions, are not seen here
mod messages {
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
