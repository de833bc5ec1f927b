use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim()]
//~^ ERROR `#[requires_claim]` needs at least one claim
//~| HELP name the claims that a token must carry, as in `#[requires_claim(org_id = "acme")]`; to accept any valid token, use `#[requires_auth]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
