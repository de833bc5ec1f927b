//! Tests the policy lock file, which shows changes of who may call a route.

use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth_runtime::testing::assert_policies;
use auth_runtime::{public, requires_auth, requires_claim, requires_scope, routes};
use rocket::{Build, Rocket, get, post};

use super::process;
use crate::support::*;

#[public]
#[get("/open")]
fn open() {}

#[requires_auth]
#[get("/private")]
fn private() {}

#[requires_scope("a", any("b", "c"))]
#[get("/scoped")]
fn scoped() {}

#[requires_claim("x: y" = "a, \"b\"", not_found)]
#[post("/items", format = "json", data = "<_item>")]
fn create(_item: String) {}

#[get("/plain")]
fn plain() {}

const HEAD: &str = "\
# Who may call what. A test compares the routes with this file, so that a change shows in review.
# To accept a change: ACCEPT_POLICIES=1 cargo test
";

const ROWS: &str = r#"GET /api/open: public
GET /api/private: requires_auth
GET /api/scoped: requires_scope("a", any("b", "c"))
GET /plain: undeclared
POST /api/items [application/json]: requires_claim("x: y" = "a, \"b\"", not_found)
"#;

fn app() -> Rocket<Build> {
    rocket::custom(quiet())
        .mount("/api", routes![open, private, scoped, create])
        .mount("/", rocket::routes![plain])
}

/// A file that is removed when it is dropped.
struct File(PathBuf);

impl File {
    fn new(text: Option<&str>) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("policies-{}-{count}.lock", std::process::id());
        let path = env::temp_dir().join(name);
        if let Some(text) = text {
            fs::write(&path, text).unwrap();
        }
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Returns the message of the comparison with this text, or `None` if there is no difference.
fn objection(text: Option<&str>) -> Option<String> {
    let file = File::new(text);
    let compare = || assert_policies(&file.0, &app());
    let payload = catch_unwind(AssertUnwindSafe(compare)).err()?;
    let message = payload.downcast::<String>().unwrap();
    Some(message.replace(file.0.to_str().unwrap(), "FILE"))
}

// The tests that compare also run as processes, because accepting the policies of an application in
// this workspace sets the variable for all tests.

#[test]
#[ignore = "run by the test below it, as a process"]
fn compares() {
    let file = File::new(Some(&format!("{HEAD}{ROWS}")));
    assert_policies(&file.0, &app());
    // Order, comments and empty lines do not matter.
    let reversed: Vec<_> = ROWS.lines().rev().collect();
    assert_eq!(
        objection(Some(&format!("\r\n# x\r\n{}\r\n", reversed.join("\r\n")))),
        None
    );

    let changed = ROWS
        .replace("/open: public", "/open: requires_auth")
        .replace("/private: requires_auth", "/private: public")
        .replace(r#"any("b", "c")"#, r#"any("b", "d")"#)
        .replace(", not_found", "")
        .replace("GET /plain", "GET /gone");
    assert_eq!(
        objection(Some(&changed)).unwrap(),
        r#"the policies differ from FILE:
  WEAKER:   GET /api/open: requires_auth → public
  stricter: GET /api/private: public → requires_auth
  different: GET /api/scoped: requires_scope("a", any("b", "d")) → requires_scope("a", any("b", "c"))
  new:      GET /plain: undeclared
  reworded: POST /api/items [application/json]: requires_claim("x: y" = "a, \"b\"") → requires_claim("x: y" = "a, \"b\"", not_found)
  gone:     GET /gone: undeclared
To accept this: ACCEPT_POLICIES=1 cargo test"#
    );

    let missing = objection(None).unwrap();
    assert!(missing.starts_with("FILE cannot be read: "), "{missing}");
    assert!(
        missing.ends_with("To accept this: ACCEPT_POLICIES=1 cargo test"),
        "{missing}"
    );
    assert!(
        objection(Some(""))
            .unwrap()
            .contains("new:      GET /api/open: public")
    );
}

#[test]
fn a_change_is_reported_with_its_direction_and_how_to_accept_it() {
    process::run("policies::lock_file::compares", &[]);
}

#[test]
#[ignore = "run by the test below it, as a process"]
fn accepts() {
    assert_policies(env::var("LOCK_FILE").unwrap(), &app());
}

#[test]
fn after_accepting_the_comparison_passes() {
    for before in [None, Some("GET /gone: public\n")] {
        let file = File::new(before);
        let path = file.0.to_str().unwrap();
        let test = "policies::lock_file::accepts";
        process::run(test, &[("LOCK_FILE", path), ("ACCEPT_POLICIES", "1")]);
        assert_eq!(
            fs::read_to_string(&file.0).unwrap(),
            format!("{HEAD}{ROWS}")
        );
        process::run(test, &[("LOCK_FILE", path)]);
    }
}
