use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(report_only, "read:messages")]
//~^ ERROR `report_only` must come last
//~| HELP move it to the end: it applies to everything that the attribute requires
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
