use auth_runtime::{requires_auth, requires_scope};
use rocket::get;

#[requires_auth]
#[get("/")]
#[requires_scope("read:messages")]
//~^ ERROR `#[requires_scope]` is below the route attribute `#[get]`
//~| HELP move it above `#[get]`: below, it is expanded too late
fn messages() -> &'static str {
    "secret"
}

fn main() {}
