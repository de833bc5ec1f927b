use auth_runtime::requires_auth;

#[requires_auth]
//~^ ERROR `#[requires_auth]` can only be used on route handlers and modules, not on an enum
//~| HELP a route handler is a free function with a route attribute such as `#[get]`
enum Messages {
    Secret,
}

fn main() {}
