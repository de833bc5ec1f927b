use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read\tmessages")]
//~^ ERROR invalid character in scope: '\t'
//~| HELP a scope consists of printable ASCII characters other than space, `"` and `\` (RFC 6749, section 3.3)
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
