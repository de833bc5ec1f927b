//! Handlers that a macro defines, with parts of their attributes as its arguments.

use auth_runtime::{Protected, requires_auth, requires_scope, routes};
use rocket::get;

macro_rules! handler {
    ($name:ident, $route:meta, $scope:literal, $constant:path, $string:expr) => {
        #[requires_auth]
        #[requires_scope($scope, $constant, $string)]
        #[$route]
        fn $name() -> &'static str {
            ""
        }
    };
}

macro_rules! required {
    ($name:ident, $requirement:meta) => {
        #[requires_auth]
        #[$requirement]
        #[get("/")]
        fn $name() -> &'static str {
            ""
        }
    };
}

const B: &str = "b";

handler!(first, get("/"), "a", B, "c");
required!(second, requires_scope("a"));

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(routes![first, second].len(), 2);
    assert_eq!(
        <first as Protected>::POLICY.to_string(),
        r#"requires_scope("a", "b", "c")"#
    );
    assert_eq!(
        <second as Protected>::POLICY.to_string(),
        r#"requires_scope("a")"#
    );
}
