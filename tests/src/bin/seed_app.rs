//! The seed app as a process of its own, for the tests that start one.

use std::process::ExitCode;

#[rocket::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    seed_app::run(&arguments).await
}
