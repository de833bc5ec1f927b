use auth_runtime::requires_auth;

#[requires_auth]
#[path = "api/messages.rs"]
mod messages;

fn main() {}
