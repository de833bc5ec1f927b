//! Handlers of one name in several modules, reached by paths of every kind.

use auth_runtime::{Protected, routes};

mod v1 {
    use auth_runtime::requires_scope;
    use rocket::get;

    pub mod scopes {
        pub const READ: &str = "v1";
        pub const WRITE: &str = "v1:write";
    }

    #[requires_scope(scopes::READ)]
    #[get("/v1")]
    pub fn list() {}

    pub(super) mod inner {
        use auth_runtime::requires_scope;
        use rocket::get;

        #[requires_scope(super::scopes::READ, crate::ui::pass::modules::v1::scopes::WRITE)]
        #[get("/inner")]
        pub(in crate::ui::pass::modules::v1) fn list() {}

        pub fn routes() -> Vec<rocket::Route> {
            auth_runtime::routes![list, self::list, super::list]
        }
    }
}

mod v2 {
    use auth_runtime::public;
    use rocket::get;

    #[public]
    #[get("/v2")]
    pub fn list() {}
}

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(
        <v1::list as Protected>::POLICY.to_string(),
        r#"requires_scope("v1")"#
    );
    assert!(<v2::list as Protected>::POLICY.is_public());
    assert_eq!(v1::inner::routes().len(), 3);
    assert_eq!(
        routes![v1::list, crate::ui::pass::modules::v2::list].len(),
        2
    );
    assert!(routes![].is_empty());
}
