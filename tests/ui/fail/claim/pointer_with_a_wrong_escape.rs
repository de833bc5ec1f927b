use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim("/realm~access" = "eu")]
//~^ ERROR invalid escape in a JSON pointer: `~a`
//~| HELP write `~0` for `~`, and `~1` for `/` (RFC 6901)
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
