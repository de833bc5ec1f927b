//! The seed app, for the tests that start it as a process.

use std::process::ExitCode;

#[rocket::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    seed_app::run(&arguments).await
}
