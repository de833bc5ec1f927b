use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(any(admin = true, sub = "<user>"))]
//~^ ERROR the route has no parameter `<user>`
//~| HELP the parameters of its path are: `<user_id>`
#[get("/users/<user_id>")]
fn messages(user_id: u8) -> &'static str {
    let _ = user_id;
    "secret"
}

fn main() {}
