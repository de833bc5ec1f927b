use auth_runtime::requires_auth;

#[requires_auth]
struct Messages;

fn main() {}
