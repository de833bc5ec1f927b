//! Serves the API, or runs another command: see `commands.rs`.

use std::process::ExitCode;

#[rocket::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    seed_app::run(&arguments).await
}
