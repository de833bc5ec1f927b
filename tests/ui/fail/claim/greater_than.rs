use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(level >= 5)]
//~^ ERROR claims are compared with `=`, not with `>=`
//~| HELP for any other comparison, write a rule and name it in `#[requires(MyRule)]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
