use auth_runtime::{Protected, requires_scope};
use rocket::get;

const READ: &str = "read:messages";

mod scopes {
    pub const WRITE: &str = "write:messages";

    pub struct Admin;

    impl Admin {
        pub const SCOPE: &'static str = "admin";
    }
}

#[requires_scope(READ, scopes::WRITE, self::scopes::Admin::SCOPE, "literal", r"raw")]
#[get("/")]
fn handler() {}

#[test]
fn compiles_and_has_its_policies() {
    let policy = <handler as Protected>::POLICY.to_string();
    assert_eq!(
        policy,
        r#"requires_scope("read:messages", "write:messages", "admin", "literal", "raw")"#
    );
}

auth_runtime::scopes! {
    /// Scopes, of which one is left out.
    mod declared {
        /// Documented.
        READ = "read:messages,*";
        #[cfg(any())]
        LEFT_OUT = "left:out";
        #[cfg(not(any()))]
        #[deprecated]
        WRITE = "write:messages";
    }
}

#[test]
fn a_scope_that_is_left_out_is_not_one_of_all() {
    assert_eq!(declared::ALL, ["read:messages,*", "write:messages"]);
}
