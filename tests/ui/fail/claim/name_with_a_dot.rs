use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(realm_access.region = "eu")]
//~^ ERROR expected a claim name
//~| HELP to reach a claim inside another claim, write a JSON pointer: `"/realm_access/region"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
