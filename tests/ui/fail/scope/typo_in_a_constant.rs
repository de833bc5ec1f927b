use auth_runtime::requires_scope;
use rocket::get;

mod scopes {
    pub const READ_MESSAGES: &str = "read:messages";
}

#[requires_scope(scopes::READ_MESSAGE)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
