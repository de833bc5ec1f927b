use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "auth0|<user_id>")]
//~^ ERROR `auth0|<user_id>` is neither a parameter of the route nor clearly a plain value
//~| HELP a parameter stands alone, as in `"<user_id>"`; for anything else with such a part, write a rule and name it in `#[requires(MyRule)]`
#[get("/users/<user_id>")]
fn messages(user_id: u8) -> &'static str {
    let _ = user_id;
    "secret"
}

fn main() {}
