use auth_runtime::requires_auth;

#[requires_auth]
mod messages {
    use auth_runtime::public;
    use rocket::get;

    #[get("/messages")]
    #[public]
    //~^ ERROR `#[public]` stands below the route attribute `#[get]`
    //~| HELP move it above `#[get]`; below, it comes too late
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
