use auth_runtime::requires_auth;

#[requires_auth]
mod messages {
    use auth_runtime::public as open;
    use rocket::get;

    #[open]
    //~^ ERROR `#[public]` is not known to the attribute above it, which has guarded this handler already
    //~| HELP write it by its own name, `public`, and not by that of a renamed import
    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
