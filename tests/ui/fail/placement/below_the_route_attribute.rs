use auth_runtime::requires_scope;
use rocket::get;

#[get("/")]
#[requires_scope("read:messages")]
//~^ ERROR `#[requires_scope]` must be above a route attribute such as `#[get]`, but there is none below it
//~| HELP if the route attribute is above `#[requires_scope]`, swap the two; if it was imported under another name, write its original name; if another attribute adds it, write that attribute first
fn messages() -> &'static str {
    "secret"
}

fn main() {}
