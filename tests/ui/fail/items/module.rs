use auth_runtime::requires_scope;

#[requires_scope("read:messages")]
mod messages {
    use rocket::get;

    #[get("/")]
    fn list() {}
}

fn main() {}
