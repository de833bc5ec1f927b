//! Tests what the attributes and `routes!` accept, and their messages about everything else.
//!
//! `ui/pass` holds code that compiles. It is part of this suite, so that it also runs.
//!
//! Each file of `ui/fail` is a crate that does not compile. Comments in it name the essential
//! messages, next to the line that the compiler has to underline:
//!
//! ```text
//! #[requires_scope("read messages")]
//! //~^ ERROR a scope cannot contain a space
//! //~| HELP write each scope as a separate string
//! ```
//!
//! `^` means the line above, and `|` means the line of the previous annotation. These messages are
//! checked with every version of rustc. The complete output is in the `.stderr` file beside the case.
//! It is compared with one version only, because rustc's own messages change.
//!
//! - `BLESS=1 cargo test -p tests ui` accepts the current output. Read the diff as prose.
//! - `UI_CASE=modules cargo test -p tests ui` checks only the cases whose path contains that text.

mod annotations;
mod compiler;
#[path = "../../ui/pass/mod.rs"]
mod pass;
mod rendered;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use self::compiler::Compiler;

/// The version of rustc whose output the `.stderr` files hold.
const RUSTC: &str = "1.95.0";

/// Whether and how the whole output of the compiler is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Output {
    Compare,
    Accept,
    Ignore,
}

#[test]
fn each_mistake_is_reported_at_its_place_with_the_fix() {
    let compiler = Compiler::find();
    let output = output(&compiler);
    let cases = cases();
    assert!(!cases.is_empty(), "no case matches `UI_CASE`");

    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(problem) = check(case, &compiler, output) {
                failures.lock().unwrap().push(problem);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    let count = failures.len();
    assert!(
        count == 0,
        "{count} cases failed:\n\n{}",
        failures.join("\n")
    );
}

#[test]
fn a_crate_that_imports_all_macros_compiles_without_warnings() {
    let compiler = Compiler::find();
    let diagnostics = compiler.check(Path::new("ui/crates/macro_use.rs"));
    let rendered: String = diagnostics.iter().map(|it| it.rendered.as_str()).collect();
    assert_eq!(rendered, "");
}

#[test]
fn a_package_without_the_dependency_is_told_to_add_it() {
    let package = tempfile::tempdir().unwrap();
    let manifest = "[package]\nname = \"facade-user\"\n\n[dependencies]\nrocket = \"0.5\"\n";
    fs::write(package.path().join("Cargo.toml"), manifest).unwrap();
    let case = Path::new("ui/crates/without_the_dependency.rs");
    let diagnostics = Compiler::find().in_package(package.path()).check(case);
    let source = fs::read_to_string(case).unwrap();
    let problems = annotations::check(&source, &diagnostics, true);
    assert!(
        problems.is_empty(),
        "{problems:?}\n{}",
        rendered::normalized(&diagnostics)
    );
}

fn output(compiler: &Compiler) -> Output {
    let version = compiler.version();
    if version == RUSTC {
        return match std::env::var_os("BLESS") {
            Some(_) => Output::Accept,
            None => Output::Compare,
        };
    }
    let problem = format!("the .stderr files hold the output of rustc {RUSTC}; this is {version}");
    let is_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!is_ci, "{problem}");
    // libtest would capture `eprintln!`.
    let _ = writeln!(std::io::stderr(), "not comparing .stderr files: {problem}");
    Output::Ignore
}

fn cases() -> Vec<PathBuf> {
    let filter = std::env::var("UI_CASE").unwrap_or_default();
    let mut cases = Vec::new();
    for subject in entries(Path::new("ui/fail")) {
        let files = entries(&subject).into_iter();
        cases.extend(files.filter(|file| {
            let is_case = file.extension().is_some_and(|extension| extension == "rs");
            is_case && file.to_string_lossy().contains(&filter)
        }));
    }
    cases.sort();
    cases
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn check(case: &Path, compiler: &Compiler, output: Output) -> Result<(), String> {
    let diagnostics = compiler.check(case);
    let source = fs::read_to_string(case).unwrap();
    let mut problems = annotations::check(&source, &diagnostics, output != Output::Ignore);

    let actual = rendered::normalized(&diagnostics);
    let file = case.with_extension("stderr");
    match output {
        Output::Accept => fs::write(file, &actual).unwrap(),
        Output::Compare if fs::read_to_string(file).unwrap_or_default() != actual => {
            problems.push("the output differs from the .stderr file".to_owned());
        }
        Output::Compare | Output::Ignore => {}
    }
    if problems.is_empty() {
        return Ok(());
    }
    let mut report = format!("== {}\n", case.display());
    for problem in problems {
        let _ = writeln!(report, "- {problem}");
    }
    let _ = write!(report, "The compiler's output:\n{actual}");
    Err(report)
}
