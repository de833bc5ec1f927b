use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(groups = "a", groups = "b", groups = "a")]
//~^ ERROR duplicate claim: `groups = "a"`
//~| HELP remove one of them
//~| ERROR [note] the first one is here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
