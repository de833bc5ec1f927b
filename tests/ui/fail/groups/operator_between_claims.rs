use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id = "acme" || org_id = "other")]
//~^ ERROR claims are not combined by operators
//~| HELP write `any(org_id = "acme", org_id = "other")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
