use auth_runtime::requires_auth;

trait Messages {
    #[requires_auth]
    //~^ ERROR `#[requires_auth]` can only be used on route handlers and modules, not on a function without a body
    //~| HELP a route handler is a free function with a route attribute such as `#[get]`
    fn list();
}

fn main() {}
