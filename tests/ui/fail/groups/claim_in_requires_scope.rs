use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("a", org_id = "acme"))]
//~^ ERROR unknown argument of `#[requires_scope]`: `org_id`
//~| HELP its arguments are scopes, which are string literals or paths of constants; to require a claim, write `#[requires_claim(org_id = …)]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
