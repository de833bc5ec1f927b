use auth_runtime::requires_auth;

#[requires_auth]
pub use std::fmt::Debug;

fn main() {}
