use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth]
#[get("/")]
fn messages<T: Default + ToString>() -> String {
//~^ ERROR type annotations needed
    T::default().to_string()
}

fn main() {}
