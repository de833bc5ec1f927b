use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(realm_access.region = "eu")]
//~^ ERROR expected the name of a claim
//~| HELP a claim within a claim is a JSON pointer: `"/realm_access/region"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
