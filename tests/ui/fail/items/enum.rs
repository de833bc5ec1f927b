use auth_runtime::requires_auth;

#[requires_auth]
enum Messages {
    Secret,
}

fn main() {}
