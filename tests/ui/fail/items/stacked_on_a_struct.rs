use auth_runtime::{requires_auth, requires_scope};

#[requires_auth]
#[requires_scope("read:messages")]
struct Messages;

fn main() {}
