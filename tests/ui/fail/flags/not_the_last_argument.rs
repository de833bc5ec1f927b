use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(report_only, "read:messages")]
//~^ ERROR `report_only` must be the last argument of the attribute
//~| HELP move it to the end: it holds for all that the attribute requires
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
