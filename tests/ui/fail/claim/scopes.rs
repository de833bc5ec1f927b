use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(scope = "read:messages")]
//~^ ERROR the claim `scope` holds several scopes in one string
//~| HELP write `#[requires_scope("…")]`, which looks for one scope among them
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
