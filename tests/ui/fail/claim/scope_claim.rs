use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(scope = "read:messages")]
//~^ ERROR the claim `scope` holds several scopes in one string
//~| HELP write `#[requires_scope("read:messages")]`, which looks for each scope
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
