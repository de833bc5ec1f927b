use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "<id>")]
#[get("/users/<id>")]
fn user(id: Option<u64>) {
//~^ ERROR `std::option::Option<u64>` doesn't implement `std::fmt::Display`
    let _ = id;
}

fn main() {}
