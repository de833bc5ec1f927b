use auth_runtime::requires_scope;
use rocket::get;

const READ_MESSAGES: &str = "read messages";

#[requires_scope(READ_MESSAGES)]
//~^ ERROR evaluation panicked: a scope consists of printable ASCII characters without space, `"` and `\` (RFC 6749 §3.3)
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
