use auth_runtime::requires_auth;

struct Messages;

#[requires_auth]
impl Messages {
    fn list() {}
}

fn main() {}
