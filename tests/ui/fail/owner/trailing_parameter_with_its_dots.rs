use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "<path..>")]
//~^ ERROR `<path..>` matches any number of segments, but a claim is one value
//~| HELP compare the claim with a parameter of one segment, such as `<user_id>`
#[get("/files/<path..>")]
fn messages(path: std::path::PathBuf) -> &'static str {
    let _ = path;
    "secret"
}

fn main() {}
