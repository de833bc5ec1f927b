//! Generates routes with policies, and the text of their attributes beside them.
//!
//! The number of routes is small unless `EXHAUSTIVE_ROUTES` says otherwise, because each of them takes
//! time to compile. The same seed always generates the same routes.

mod attributes;
mod forms;
mod lists;
mod random;
mod routes;

use std::path::Path;
use std::{env, fs};

use random::Random;

const DEFAULT_ROUTES: usize = 60;
const DEFAULT_SEED: u64 = 1;

fn main() {
    let seed = variable("EXHAUSTIVE_SEED", DEFAULT_SEED);
    let count = variable("EXHAUSTIVE_ROUTES", DEFAULT_ROUTES as u64);
    let code = lists::generate(&mut Random::new(seed), count);
    let directory = env::var("OUT_DIR").expect("Cargo sets it");
    let code = format!("pub const SEED: u64 = {seed};\n{code}");
    fs::write(Path::new(&directory).join("routes.rs"), code)
        .expect("Cargo's directory is writable");
    println!("cargo::rerun-if-changed=generate");
}

fn variable(name: &str, default: u64) -> u64 {
    println!("cargo::rerun-if-env-changed={name}");
    let value = env::var(name).ok();
    value.map_or(default, |value| value.parse().expect("a number"))
}
