use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(5 = "acme")]
//~^ ERROR the name of a claim cannot be an integer
//~| HELP write `org_id = "acme"`, with a string, an integer or a boolean; a name that is no identifier stands in quotes
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
