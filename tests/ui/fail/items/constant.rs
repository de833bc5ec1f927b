use auth_runtime::requires_auth;

#[requires_auth]
const MESSAGES: &str = "secret";

fn main() {}
