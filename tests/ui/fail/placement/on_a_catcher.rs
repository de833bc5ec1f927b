use auth_runtime::requires_auth;
use rocket::catch;

#[requires_auth]
#[catch(404)]
fn not_found() -> &'static str {
    "nothing here"
}

fn main() {}
