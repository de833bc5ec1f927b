use auth_runtime::requires;
use rocket::get;

struct MyRule;

#[requires(MyRul)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
