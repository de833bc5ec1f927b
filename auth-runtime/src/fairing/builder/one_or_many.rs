//! Converts values of keys that take one string or a list of them.

use rocket::figment::value::Value;

/// One string or a list of strings, for a key that accepts both.
///
/// It is created from a string, or from an array, a vector or a slice of strings.
///
/// ```
/// use auth_runtime::Auth;
///
/// let one = Auth::builder().audience("https://api.example.com");
/// let many = Auth::builder().audience(["https://api.example.com", "https://old.example.com"]);
/// ```
///
/// [Configuration](crate::guide::configuration) lists the keys.
#[derive(Clone)]
pub struct OneOrMany(Value);

impl From<OneOrMany> for Value {
    fn from(strings: OneOrMany) -> Self {
        strings.0
    }
}

impl From<&str> for OneOrMany {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<&String> for OneOrMany {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for OneOrMany {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl<S: Into<String>> From<Vec<S>> for OneOrMany {
    fn from(texts: Vec<S>) -> Self {
        texts.into_iter().collect()
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for OneOrMany {
    fn from(texts: [S; N]) -> Self {
        texts.into_iter().collect()
    }
}

impl<S: Into<String> + Clone> From<&[S]> for OneOrMany {
    fn from(texts: &[S]) -> Self {
        texts.iter().cloned().collect()
    }
}

impl<S: Into<String>> FromIterator<S> for OneOrMany {
    fn from_iter<I: IntoIterator<Item = S>>(texts: I) -> Self {
        let texts: Vec<String> = texts.into_iter().map(Into::into).collect();
        Self(texts.into())
    }
}
