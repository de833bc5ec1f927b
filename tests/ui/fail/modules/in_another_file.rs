use auth_runtime::requires_auth;

#[requires_auth]
#[path = "another_file/messages.rs"]
mod messages;

fn main() {}
