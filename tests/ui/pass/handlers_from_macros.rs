//! Handlers that a macro defines from its arguments, which are fragments of every kind that may occur in a
//! handler.

use auth_runtime::{AccessToken, Protected, requires_auth, requires_claim, requires_scope, routes};
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

/// A whole handler of fragments.
macro_rules! whole {
    (
        $(#[$doc:meta])* $vis:vis $name:ident<$lifetime:lifetime>, $uri:literal, $pattern:pat_param,
        $argument:ty, $($more:ident: $more_type:ty),*; $return:ty, $body:block
    ) => {
        $(#[$doc])*
        #[requires_scope("a")]
        #[get($uri)]
        $vis fn $name<$lifetime>(
            $pattern: $argument, $($more: $more_type),*
        ) -> $return $body
    };
}

/// A handler whose parameters are patterns, and whose body is made of statements.
macro_rules! parts {
    ($name:ident, $route:path, $uri:tt; $($argument:pat => $type:ty),*; $statement:stmt; $value:expr) => {
        #[requires_claim(sub = "<id>")]
        #[$route($uri)]
        fn $name($($argument: $type),*) -> String {
            $statement;
            $value
        }
    };
}

/// A handler that is an argument itself.
macro_rules! item {
    ($item:item) => {
        #[requires_scope("a")]
        $item
    };
}

const B: &str = "b";

handler!(first, get("/"), "a", B, "c");
required!(second, requires_scope("a"));
whole!(
    /// Has a comment.
    pub(crate) third<'r>, "/third/<id>/<other>", id, u64,
    other: &'r str, token: &'r AccessToken, method: rocket::http::Method;
    String, { format!("{id} {other} {:?} {}", token.subject(), method) }
);
parts!(fourth, get, "/fourth/<id>"; id => &str; let text = "a"; format!("{text} {id}"));
item! {
    #[get("/fifth")]
    fn fifth() -> &'static str {
        ""
    }
}

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(routes![first, second, third, fourth, fifth].len(), 5);
    assert_eq!(
        <first as Protected>::POLICY.to_string(),
        r#"requires_scope("a", "b", "c")"#
    );
    assert_eq!(
        <second as Protected>::POLICY.to_string(),
        r#"requires_scope("a")"#
    );
    assert_eq!(
        <third as Protected>::POLICY.to_string(),
        r#"requires_scope("a")"#
    );
    assert_eq!(
        <fourth as Protected>::POLICY.to_string(),
        r#"requires_claim(sub = "<id>")"#
    );
    assert_eq!(
        <fifth as Protected>::POLICY.to_string(),
        r#"requires_scope("a")"#
    );
}
