use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages", sender_constrained)]
//~^ ERROR cannot find value `sender_constrained`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
