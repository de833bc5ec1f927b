use auth_runtime::requires_auth;

#[requires_auth]
mod messages {
    use auth_runtime::{public, requires_scope};
    use rocket::get;

    #[public]
    //~^ ERROR `#[public]` cannot be combined with `#[requires_scope]`
    //~| HELP remove one of them: either anyone may call the route, or a token is required
    #[requires_scope("read:messages")]
    //~^ ERROR [note] a token is required here
    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
