//! Defines the macro that declares a vocabulary of scopes.

/// The scopes of an API with their descriptions: the constant `VOCABULARY` of [`scopes!`](crate::scopes).
///
/// Give it to [`AuthBuilder::vocabulary`](crate::AuthBuilder::vocabulary), so that
/// [`Policies::scopes`](crate::Policies::scopes) knows the descriptions.
///
/// [A vocabulary of scopes](crate::guide::policies#a-vocabulary-of-scopes) shows how to declare one.
#[derive(Clone, Copy, Debug)]
pub struct ScopeVocabulary(&'static [DescribedScope]);

/// A scope, and the lines of its doc comment.
pub type DescribedScope = (&'static str, &'static [&'static str]);

impl ScopeVocabulary {
    pub(crate) const fn new(scopes: &'static [DescribedScope]) -> Self {
        Self(scopes)
    }

    /// Returns each scope with its description, which may be empty.
    pub(crate) fn iter(self) -> impl Iterator<Item = (&'static str, String)> {
        self.0.iter().map(|(scope, lines)| {
            let words = lines.iter().flat_map(|line| line.split_whitespace());
            (*scope, words.collect::<Vec<_>>().join(" "))
        })
    }
}

/// Declares the scopes of an API: a constant for each, `ALL` of them, and a `VOCABULARY`, which also has
/// their doc comments.
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
/// [A vocabulary of scopes](crate::guide::policies#a-vocabulary-of-scopes) explains why.
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
            $( $(#[$($meta:tt)*])* $name:ident = $scope:literal; )*
        }
    ) => {
        $(#[$outer])*
        $vis mod $module {
            $( $(#[$($meta)*])* pub const $name: &str = $scope; )*

            /// All of these scopes, in the order of their declaration.
            #[allow(deprecated, unused_attributes, unused_doc_comments)]
            pub const ALL: &[&str] = &[$( $(#[$($meta)*])* $name ),*];

            /// These scopes with their descriptions.
            #[allow(deprecated, unused_attributes, unused_doc_comments)]
            pub const VOCABULARY: $crate::ScopeVocabulary = $crate::__private::vocabulary(&[
                $( $(#[$($meta)*])* ($name, &[$( $crate::__line_of_a_description!($($meta)*) ),*]) ),*
            ]);

            $( $crate::__private::check_scope!($scope); )*
        }
    };
}

/// The text of an attribute that is a line of a doc comment.
#[doc(hidden)]
#[macro_export]
macro_rules! __line_of_a_description {
    (doc = $line:expr) => {
        $line
    };
    ($($other:tt)*) => {
        ""
    };
}
