//! Defines the rows of the table of keys. Each group of keys declares its rows with [`keys!`].

use std::ops::Deref;

use rocket::figment::value::Value;

/// Reads a value of the configuration. The error says what to write.
pub(super) type Read<T> = fn(&Value) -> Result<T, String>;

/// A key as its users see it: the row of the table in docs/configuration.md.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(super) place: Place,
    /// Whether its value must not be shown.
    #[cfg_attr(
        not(feature = "check"),
        expect(dead_code, reason = "the report shows values")
    )]
    pub(super) is_secret: bool,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for the test of the documentation")
    )]
    pub(super) meaning: &'static str,
    pub(super) default: Default,
}

#[cfg(test)]
impl Row {
    /// Returns the row of the table in the documentation.
    pub(super) fn documentation(&self) -> String {
        let default = match self.default {
            Default::Value(value) => format!("`{value}`"),
            Default::Words(words) => words.to_owned(),
        };
        format!("| `{}` | {} | {default} |", self.name, self.meaning.trim())
    }
}

/// Where a key may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the table `auth`: it applies to all issuers.
    Auth,
    /// Beside `issuer`: in the table `auth`, or in a table of `issuers`.
    Issuer,
    /// In a table of `issuers`, or in the table `auth`, from which those tables inherit it.
    Inherited,
}

/// What applies if a key is not set.
#[derive(Clone, Copy, Debug)]
pub(super) enum Default {
    /// This value, as it would be written.
    Value(&'static str),
    /// A description, because there is no fixed value.
    Words(&'static str),
}

impl Default {
    const fn text(self) -> &'static str {
        match self {
            Self::Value(text) | Self::Words(text) => text,
        }
    }
}

/// A key with a default value.
#[derive(Debug)]
pub(super) struct Key<T> {
    pub(super) row: Row,
    pub(super) read: Read<T>,
}

/// A key that may have no value.
#[derive(Debug)]
pub(super) struct OptionalKey<T> {
    pub(super) row: Row,
    pub(super) read: Read<T>,
}

impl<T> Key<T> {
    /// Returns what [`keys!`] has as the default of such a key.
    pub(super) const fn row_default(value: &'static str) -> Default {
        Default::Value(value)
    }

    /// Returns the value that applies if the key is not set.
    ///
    /// # Panics
    /// Panics if the row's default is invalid. A test reads all defaults.
    pub(super) fn default(&self) -> T {
        let Ok(value) = self.row.default.text().parse();
        (self.read)(&value).expect("the default of a key is valid")
    }
}

impl<T> OptionalKey<T> {
    /// Returns what [`keys!`] has as the default of such a key.
    pub(super) const fn row_default(words: &'static str) -> Default {
        Default::Words(words)
    }
}

impl<T> Deref for Key<T> {
    type Target = Row;

    fn deref(&self) -> &Row {
        &self.row
    }
}

impl<T> Deref for OptionalKey<T> {
    type Target = Row;

    fn deref(&self) -> &Row {
        &self.row
    }
}

/// Declares the keys of a group, and `KEYS`, the list of their rows.
///
/// A row has a doc comment, which is also the key's meaning in docs/configuration.md, and then its
/// name, its place, its default and the function that reads its value. The default of a [`Key`] is
/// written as in Rocket.toml; that of an [`OptionalKey`] is words for the documentation. `is_secret = true`
/// at the end marks a value that must not be shown.
macro_rules! keys {
    ($(
        $(#[doc = $meaning:literal])+
        $id:ident: $kind:ident<$type:ty> = ($name:literal, $place:ident, $default:literal, $read:expr $(, is_secret = $secret:literal)?);
    )+) => {
        $(
            $(#[doc = $meaning])+
            pub(super) static $id: $kind<$type> = $kind {
                row: $crate::config::key::Row {
                    name: $name,
                    place: $crate::config::key::Place::$place,
                    is_secret: false $(|| $secret)?,
                    meaning: concat!($($meaning),+),
                    default: $kind::<$type>::row_default($default),
                },
                read: $read,
            };
        )+

        /// The rows of this group.
        pub(super) static KEYS: &[&$crate::config::key::Row] = &[$(&$id.row),+];
    };
}

pub(super) use keys;
