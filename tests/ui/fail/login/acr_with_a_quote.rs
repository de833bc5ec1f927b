use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(acr = "gold \"silver\"")]
//~^ ERROR invalid character in `acr`: '"'
//~| HELP a class consists of printable ASCII characters other than `"` and `\`; spaces separate classes
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
