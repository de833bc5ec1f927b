use auth_runtime::requires_auth;

struct Messages;

#[requires_auth]
//~^ ERROR `#[requires_auth]` can only be used on route handlers and modules, not on an impl block
//~| HELP a route handler is a free function with a route attribute such as `#[get]`
impl Messages {
    fn list() {}
}

fn main() {}
