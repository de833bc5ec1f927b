use auth_runtime::requires;
use rocket::get;

#[requires(org_id = "acme")]
//~^ ERROR expected a rule (a path, a struct literal or a call)
//~| HELP to require a claim, write `claim(org_id = "acme")`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
