use auth_runtime::requires;
use rocket::get;

struct MyRule;

#[requires(MyRul)]
//~^ ERROR cannot find value `MyRul` in this scope
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
