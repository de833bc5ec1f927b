use auth_runtime::requires_auth;

trait Messages {
    #[requires_auth]
    fn list();
}

fn main() {}
