use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read messages", 5)]
//~^ ERROR expected a string literal or the path of a constant, found an integer
//~| HELP a scope is a string, such as `"read:messages"`
//~| ERROR a scope cannot contain a space
//~| HELP write each scope as a separate string: `"read", "messages"`
#[requires_scope()]
//~^ ERROR `#[requires_scope]` needs at least one scope
//~| HELP name the scopes that a token must carry, as in `#[requires_scope("read:messages")]`; to accept any valid token, use `#[requires_auth]`
#[get("/")]
#[requires_scope("a", "a")]
//~^ ERROR `#[requires_scope]` is below the route attribute `#[get]`
//~| HELP move it above `#[get]`: below, it is expanded too late
//~| ERROR duplicate scope: `"a"`
//~| HELP remove one of them
//~| ERROR [note] the first one is here
fn messages() -> &'static str {
    "secret"
}

fn main() {}
