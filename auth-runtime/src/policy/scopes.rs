//! Defines the macro that declares a vocabulary of scopes.

/// Declares the scopes of an API: a constant for each, and `ALL` of them.
///
/// A typo in the name of a constant is a compile error with a suggestion, whereas a typo in a string
/// would only refuse callers.
///
/// ```
/// use auth_runtime::{requires_scope, scopes};
/// use rocket::get;
///
/// scopes! {
///     /// What clients of this API can be granted.
///     pub mod scopes {
///         /// Read messages.
///         READ_MESSAGES = "read:messages";
///         /// Delete messages.
///         DELETE_MESSAGES = "delete:messages";
///     }
/// }
///
/// #[requires_scope(scopes::READ_MESSAGES)]
/// #[get("/messages")]
/// fn messages() {}
///
/// # fn main() {
/// assert_eq!(scopes::ALL, ["read:messages", "delete:messages"]);
/// # }
/// ```
///
/// `#[cfg(…)]` on a scope applies to `ALL` as well. A string that is not a scope (RFC 6749 §3.3) does not
/// compile:
///
/// ```compile_fail
/// auth_runtime::scopes! {
///     mod scopes {
///         READ = "read messages";
///     }
/// }
/// ```
#[macro_export]
macro_rules! scopes {
    (
        $(#[$outer:meta])*
        $vis:vis mod $module:ident {
            $( $(#[$meta:meta])* $name:ident = $scope:literal; )*
        }
    ) => {
        $(#[$outer])*
        $vis mod $module {
            $( $(#[$meta])* pub const $name: &str = $scope; )*

            /// All of these scopes, in the order of their declaration.
            #[allow(deprecated, unused_attributes, unused_doc_comments)]
            pub const ALL: &[&str] = &[$( $(#[$meta])* $name ),*];

            $( $crate::__private::check_scope!($scope); )*
        }
    };
}
