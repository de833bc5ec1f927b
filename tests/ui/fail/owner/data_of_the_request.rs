use auth_runtime::requires_claim;
use rocket::post;

#[requires_claim(sub = "<message>")]
//~^ ERROR the route has no parameter `<message>`
//~| HELP there are no parameters in its path; write `<message>` there
#[post("/messages", data = "<message>")]
fn messages(message: String) -> String {
    message
}

fn main() {}
