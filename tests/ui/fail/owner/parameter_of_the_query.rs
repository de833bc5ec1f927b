use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "<user_id>")]
//~^ ERROR `<user_id>` is in the query of the route, not in its path
//~| HELP move it into the path, which is what the route is about; a caller who leaves it out of the query would have nothing to be compared with
#[get("/users?<user_id>")]
fn messages(user_id: u8) -> &'static str {
    let _ = user_id;
    "secret"
}

fn main() {}
