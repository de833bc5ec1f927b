use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim("" = "acme")]
//~^ ERROR a claim name cannot be empty
//~| HELP write the name of a claim, such as `org_id`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
