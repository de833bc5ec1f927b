use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id = null)]
//~^ ERROR a claim value must be a string, an integer or a boolean
//~| HELP a claim cannot be required to be absent; write a rule and name it in `#[requires(MyRule)]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
