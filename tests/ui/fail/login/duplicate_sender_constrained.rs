use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(sender_constrained, sender_constrained)]
//~^ ERROR `sender_constrained` is given twice
//~| HELP remove one of them
//~| ERROR [note] the first one is here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
