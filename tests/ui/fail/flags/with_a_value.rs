use auth_runtime::requires_permission;
use rocket::get;

#[requires_permission("read:messages", report_only = true)]
//~^ ERROR unknown argument of `#[requires_permission]`: `report_only`
//~| HELP write `report_only` without a value, as the last argument
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
