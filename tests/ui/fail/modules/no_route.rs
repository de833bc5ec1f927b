use auth_runtime::requires_auth;

#[requires_auth]
mod messages {
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
