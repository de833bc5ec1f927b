use auth_runtime::requires_auth;

#[requires_auth]
trait Messages {}

fn main() {}
