use auth_runtime::requires_role;
use rocket::get;

#[requires_role("admin", "admin")]
//~^ ERROR duplicate role: `"admin"`
//~| HELP remove one of them
//~| ERROR [note] the first one is here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
