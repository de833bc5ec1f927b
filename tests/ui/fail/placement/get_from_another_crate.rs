// Not Rocket's `get`: there is no route, and nothing passes for one.
use auth_runtime::requires_auth;

mod other {
    pub use core::prelude::v1::test as get;
}

#[requires_auth]
#[other::get]
fn messages() {}
//~^ ERROR cannot find type `messages` in this scope

fn main() {}
