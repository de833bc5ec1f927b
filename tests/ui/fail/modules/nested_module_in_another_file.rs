use auth_runtime::requires_auth;

#[requires_auth]
mod api {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    mod messages;
    //~^ ERROR file modules in proc macro input are unstable
    //~| ERROR `#[requires_auth]` cannot see into the module `messages`, which is in another file
    //~| HELP write it where the routes are mounted, as in `routes![ #![…] messages::… ]`; or write it on each route in that file, or on `mod messages { … }`
}

fn main() {}
