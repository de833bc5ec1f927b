use auth_runtime::requires_auth;
use rocket::get;

struct Messages;

impl Messages {
    #[requires_auth]
    #[get("/")]
    fn list() {}
}

fn main() {}
