use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id: "acme")]
//~^ ERROR claims are compared with `=`, not with `:`
//~| HELP write `=`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
