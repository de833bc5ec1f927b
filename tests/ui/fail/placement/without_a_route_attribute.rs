use auth_runtime::requires_auth;

#[requires_auth]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
