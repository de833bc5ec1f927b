//! Requirements on a module are those of each route inside, and come before its own.

use auth_runtime::{Protected, public, requires, requires_auth, requires_claim, requires_scope};
use rocket::{Route, get};

pub mod scopes {
    pub const READ: &str = "read";
}

pub struct Open(pub u8);

#[rocket::async_trait]
impl auth_runtime::Rule for Open {
    async fn allows(
        &self,
        _: &auth_runtime::AccessToken,
        _: &rocket::Request<'_>,
    ) -> Result<bool, auth_runtime::RuleError> {
        Ok(self.0 > 0)
    }
}

#[requires_auth]
#[requires_scope(
    crate::ui::pass::protected_modules::scopes::READ,
    any("a", "b"),
    not_found
)]
#[requires(crate::ui::pass::protected_modules::Open(1))]
mod api {
    //! The module's own attributes stay the first.
    #![allow(dead_code)]

    use auth_runtime::{public, requires_auth, requires_scope};
    use rocket::{get, post};

    /// Something else of this name.
    mod scopes {
        pub const READ: &str = "other";
    }

    #[allow(unused_braces)]
    const N: usize = { 1 + 1 };
    pub struct S<const M: usize>;
    impl S<{ N }> {
        #[allow(unused_braces)]
        pub fn get() -> [u8; { N }] {
            [0; N]
        }
    }

    #[get("/plain")]
    pub fn plain() {}

    /// Its own attributes are above, below a comment, and repeat those of the module.
    #[requires_auth]
    #[requires_scope("c", scopes::READ)]
    #[post("/own")]
    pub async fn own() -> &'static str {
        "own"
    }

    #[public]
    #[get("/ping")]
    pub fn ping() {}

    #[cfg_attr(all(), rocket::get("/conditional"))]
    pub fn conditional() {}

    #[cfg_attr(any(), rocket::get("/conditional"))]
    pub fn no_route_here() {}

    #[cfg_attr(all(), public)]
    #[get("/conditionally_public")]
    pub fn conditionally_public() {}

    #[cfg(any())]
    #[get("/left_out")]
    pub fn left_out() {}

    #[rocket::catch(404)]
    pub fn not_found() {}

    pub mod inner {
        use auth_runtime::requires_role;
        use rocket::get;

        #[get("/inner")]
        pub fn plain() {}

        #[requires_role("admin")]
        pub mod innermost {
            #[rocket::get("/innermost")]
            pub fn plain() {}
        }
    }

    #[public]
    pub mod health {
        #[rocket::get("/health")]
        pub fn health() {}
    }

    #[cfg_attr(all(), requires_scope("d"))]
    pub mod conditional_module {
        #[rocket::get("/conditional_module")]
        pub fn plain() {}
    }
}

#[public]
mod open {
    use auth_runtime::public;
    use rocket::get;

    #[get("/")]
    pub fn index() {}

    #[public]
    #[get("/again")]
    pub fn again() {}

    pub mod inner {
        #[rocket::get("/inner")]
        pub fn index() {}
    }
}

#[requires_claim(sub = "<id>")]
#[requires_auth(max_age = 60)]
mod owned {
    use auth_runtime::{public, requires_auth};
    use rocket::get;

    #[requires_auth(max_age = 30)]
    #[get("/<id>")]
    pub fn one(id: u8) {
        let _ = id;
    }

    #[public]
    #[get("/")]
    pub fn all() {}
}

macro_rules! module {
    ($name:ident, $scope:literal, $($item:item)*) => {
        #[requires_scope($scope)]
        mod $name {
            $($item)*
        }
    };
}

module! {
    made,
    "made",
    #[rocket::get("/made")]
    pub fn route() {}
    pub mod inner {
        #[rocket::get("/made")]
        pub fn route() {}
    }
}

#[requires_scope("a")]
mod renamed {
    use auth_runtime::{public as open, requires_scope as scope};
    use rocket::get;

    #[open]
    #[get("/open")]
    pub fn public() {}

    #[scope("b")]
    #[get("/scope")]
    pub fn scoped() {}
}

/// Attributes and macros that are not about routes.
#[requires_auth]
mod others {
    #[rocket::get("/others")]
    pub fn route() -> String {
        macro_rules! greeting {
            () => {
                "hello"
            };
        }
        println!("{}", greeting!());
        let mut text = String::new();
        std::fmt::Write::write_str(&mut text, greeting!()).unwrap();
        if text.is_empty() {
            unreachable!();
        }
        assert! { text == "hello" }
        text
    }

    /// The helper attributes of a derive macro, with the names of route attributes.
    #[derive(foreign_attributes::Helpers)]
    #[route]
    #[allow(dead_code)]
    pub struct Helped {
        #[get]
        #[put]
        #[post]
        a: u8,
        #[delete]
        #[options]
        #[head]
        #[patch("text")]
        b: u8,
    }

    macro_rules! number {
        ($number:literal) => {
            $number
        };
    }

    /// Macro calls with braces that are not statements.
    fn expressions(text: &mut String) -> bool {
        let range = std::ops::Range {
            start: number! { 1 },
            end: number! { 2 },
        };
        !(range.contains(&1) && {
            println!("negated");
            text.push('!');
            matches! { range.start, 1 }
        })
    }

    #[test]
    #[cfg_attr(all(), inline)]
    fn tested() {
        let mut text = String::new();
        assert!(!expressions(&mut text));
        assert_eq!(text, "!");
    }

    #[tokio::test]
    async fn tested_with_tokio() {
        tokio::task::yield_now().await;
    }

    macro_rules! function {
        ($name:ident $body:block) => {
            fn $name() $body
        };
    }
    pub(super) use function;
}
others::function!(made_outside {});

mod of_a_function {
    pub fn routes() -> Vec<rocket::Route> {
        use auth_runtime::requires_scope;

        #[requires_scope("local")]
        mod local {
            #[rocket::get("/local")]
            pub fn route() {}
        }
        auth_runtime::routes![local::route]
    }
}

#[get("/outside")]
#[allow(dead_code)]
fn outside() {}

fn routes() -> Vec<Route> {
    auth_runtime::routes![
        api::plain,
        api::own,
        api::ping,
        api::conditional,
        api::conditionally_public,
        api::inner::plain,
        api::inner::innermost::plain,
        api::health::health,
        api::conditional_module::plain,
        open::index,
        open::again,
        open::inner::index,
        owned::one,
        owned::all,
        made::route,
        made::inner::route,
    ]
}

fn policy<R: Protected>(_: R) -> String {
    R::POLICY.to_string()
}

#[test]
fn compiles_and_has_its_policies() {
    const API: &str = r#"requires_scope("read", any("a", "b"), not_found) requires(crate::ui::pass::protected_modules::Open(1))"#;

    assert_eq!(routes().len(), 16);
    assert_eq!(of_a_function::routes().len(), 1);
    api::no_route_here();

    assert_eq!(policy(api::plain {}), API);
    assert_eq!(
        policy(api::own {}),
        format!(r#"{API} requires_scope("c", "other")"#)
    );
    assert_eq!(policy(api::ping {}), "public");
    assert_eq!(policy(api::conditional {}), API);
    assert_eq!(policy(api::conditionally_public {}), "public");
    assert_eq!(policy(api::inner::plain {}), API);
    assert_eq!(
        policy(api::inner::innermost::plain {}),
        format!(r#"{API} requires_role("admin")"#)
    );
    assert_eq!(policy(api::health::health {}), "public");
    assert_eq!(
        policy(api::conditional_module::plain {}),
        format!(r#"{API} requires_scope("d")"#)
    );
    assert_eq!(policy(open::index {}), "public");
    assert_eq!(policy(open::again {}), "public");
    assert_eq!(policy(open::inner::index {}), "public");
    assert_eq!(
        policy(owned::one {}),
        r#"requires_claim(sub = "<id>") requires_auth(max_age = 60, max_age = 30)"#
    );
    assert_eq!(policy(owned::all {}), "public");
    assert_eq!(policy(renamed::public {}), "public");
    assert_eq!(policy(renamed::scoped {}), r#"requires_scope("b", "a")"#);
    assert_eq!(policy(others::route {}), "requires_auth");
    assert_eq!(policy(made::route {}), r#"requires_scope("made")"#);
    assert_eq!(policy(made::inner::route {}), r#"requires_scope("made")"#);
}
