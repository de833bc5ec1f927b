use auth_runtime::requires_auth;

#[requires_auth]
use std::fmt::Debug;

fn main() {}
