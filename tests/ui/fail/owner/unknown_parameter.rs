use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "<user>")]
//~^ ERROR the route has no parameter `<user>`
//~| HELP the parameters of its path are: `<org>`, `<user_id>`
#[get("/orgs/<org>/users/<user_id>")]
fn messages(org: u8, user_id: u8) -> &'static str {
    let _ = (org, user_id);
    "secret"
}

fn main() {}
