use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "<user_id>", not_found)]
//~^ ERROR the route has no parameter `<user_id>`
//~| HELP there are no parameters in its path; write `<user_id>` there
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
