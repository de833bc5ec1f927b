use auth_runtime::{AccessToken, public};
use rocket::get;

#[public]
#[get("/greeting")]
fn greeting(caller: Option<&AccessToken>) -> &'static str {
//~^ ERROR this argument accepts an invalid token as if there were none
    caller.map_or("stranger", |_| "friend")
}

fn main() {}
