use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "auth0|<user_id>")]
#[get("/users/<user_id>")]
fn messages(user_id: u8) -> &'static str {
    let _ = user_id;
    "secret"
}

fn main() {}
