use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(scp = "a b")]
//~^ ERROR the claim `scp` holds several scopes in one string
//~| HELP write `#[requires_scope("a", "b")]`, which looks for each scope
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
