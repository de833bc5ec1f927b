use auth_runtime::requires_auth;

#[requires_auth]
mod messages {
    use auth_runtime::public as open;
    use rocket::get;

    #[open]
    //~^ ERROR the attribute above does not recognize this `#[public]`, and has already protected the handler
    //~| HELP write its original name, `public`, instead of a renamed import
    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
