//! Imports the macros from a crate that re-exports them, without a dependency on `auth-runtime`.

use auth_runtime::{requires_auth, routes};
use rocket::get;

#[requires_auth]
//~^ ERROR `auth-runtime` is not a dependency of this package
//~| HELP add it to the dependencies in Cargo.toml
#[get("/me")]
fn me() {}

fn main() {
    let _ = routes![me];
    //~^ ERROR `auth-runtime` is not a dependency of this package
}
