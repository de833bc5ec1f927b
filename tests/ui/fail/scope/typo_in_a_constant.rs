use auth_runtime::requires_scope;
use rocket::get;

mod scopes {
    pub const READ_MESSAGES: &str = "read:messages";
}

#[requires_scope(scopes::READ_MESSAGE)]
//~^ ERROR cannot find value `READ_MESSAGE` in module `scopes`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
