use auth_runtime::requires_auth;

#[requires_auth]
mod messages {
    use auth_runtime::public;
    use rocket::get;

    #[get("/messages")]
    #[public]
    //~^ ERROR `#[public]` is below the route attribute `#[get]`
    //~| HELP move it above `#[get]`: below, it is expanded too late
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
