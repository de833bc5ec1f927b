use auth_runtime::requires_claim;
use rocket::post;

#[requires_claim(sub = "<message>")]
#[post("/messages", data = "<message>")]
fn messages(message: String) -> String {
    message
}

fn main() {}
