use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:\"messages\"")]
//~^ ERROR invalid character in scope: '"'
//~| HELP a scope consists of printable ASCII characters other than space, `"` and `\` (RFC 6749, section 3.3)
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
