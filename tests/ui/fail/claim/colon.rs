use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id: "acme")]
//~^ ERROR a claim is compared by `=`, not by `:`
//~| HELP write `=`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
