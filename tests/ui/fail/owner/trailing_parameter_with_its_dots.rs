use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "<path..>")]
#[get("/files/<path..>")]
fn messages(path: std::path::PathBuf) -> &'static str {
    let _ = path;
    "secret"
}

fn main() {}
