use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "<>")]
//~^ ERROR `<>` could be meant as a parameter of the route or as plain text
//~| HELP a parameter is the whole value, as in `"<user_id>"`; for anything else that contains `<…>`, write a rule and name it in `#[requires(MyRule)]`
#[get("/users/<user_id>")]
fn messages(user_id: u8) -> &'static str {
    let _ = user_id;
    "secret"
}

fn main() {}
