use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth]
#[get("/")]
fn messages() -> &'static str {
    let count: u8 = "many";
    //~^ ERROR mismatched types
    "secret"
}

fn main() {}
