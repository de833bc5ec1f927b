use auth_runtime::requires_auth;

#[requires_auth]
#[auth_runtime::requires_scope("read:messages")]
struct Messages;

fn main() {}
