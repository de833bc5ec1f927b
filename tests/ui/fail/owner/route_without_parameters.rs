use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "<user_id>", not_found)]
//~^ ERROR the route has no parameter `<user_id>`
//~| HELP its path has no parameters; add `<user_id>` to it
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
