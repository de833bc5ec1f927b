use auth_runtime::requires_auth;
use rocket::get;

struct Messages;

impl Messages {
    #[requires_auth]
    //~^ ERROR `#[requires_auth]` can only be used on route handlers and modules, not on a method
    //~| HELP a route handler is a free function with a route attribute such as `#[get]`
    #[get("/")]
    fn list(&self) {}
    //~^ ERROR handler arguments must be of the form `ident: Type`
}

fn main() {}
