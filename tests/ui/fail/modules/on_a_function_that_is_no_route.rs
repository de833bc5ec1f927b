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
    //~^ ERROR `#[requires_scope]` must stand above a route attribute, such as `#[get]`, and none follows it
    //~| HELP if the route attribute stands above `#[requires_scope]`, swap the two; if it was imported under another name, write its own
    pub fn helper() {}
}

fn main() {}
