use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id = "acme" || org_id = "other")]
//~^ ERROR claims cannot be combined with operators
//~| HELP write `any(org_id = "acme", org_id = "other")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
