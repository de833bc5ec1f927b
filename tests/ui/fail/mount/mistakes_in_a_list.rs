use auth_runtime::{requires_auth, routes};
use rocket::get;

#[requires_auth]
#[get("/me")]
fn me() {}

fn main() {
    let _ = routes![
        #![requires_scope("read messages")]
        //~^ ERROR a scope cannot contain a space
        //~| HELP write each scope as a separate string: `"read", "messages"`
        #![requires_role("a" || "b")]
        //~^ ERROR roles cannot be combined with operators
        //~| HELP write `any("a", "b")`
        #![requires_auth(1)]
        //~^ ERROR expected an argument of `#[requires_auth]`
        //~| HELP its arguments are `max_age = 300`, the maximum number of seconds since the login, `acr = "…"`, the accepted authentication classes, and `sender_constrained`, a token that is bound to a key
        me
    ];
}
