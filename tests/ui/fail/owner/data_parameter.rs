use auth_runtime::requires_claim;
use rocket::post;

#[requires_claim(sub = "<message>")]
//~^ ERROR the route has no parameter `<message>`
//~| HELP its path has no parameters; add `<message>` to it
#[post("/messages", data = "<message>")]
fn messages(message: String) -> String {
    message
}

fn main() {}
