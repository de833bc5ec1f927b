use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "<user_id>")]
//~^ ERROR `<user_id>` is in the query of the route, not in its path
//~| HELP move it to the path: a caller could leave it out of the query, and then there would be nothing to compare the claim with
#[get("/users?<user_id>")]
fn messages(user_id: u8) -> &'static str {
    let _ = user_id;
    "secret"
}

fn main() {}
