use auth_runtime::requires_scope;

#[requires_scope()]
//~^ ERROR `#[requires_scope]` needs at least one scope
//~| HELP name the scopes that a token must carry, as in `#[requires_scope("read:messages")]`; to accept any valid token, use `#[requires_auth]`
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
