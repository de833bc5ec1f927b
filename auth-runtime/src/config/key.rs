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
    pub(super) is_secret: bool,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for the test of the documentation")
    )]
    pub(super) meaning: &'static str,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for the test of the documentation")
    )]
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
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "for the test of the documentation")
)]
pub(super) enum Default {
    /// This value, as it would be written.
    Value(&'static str),
    /// A description, because there is no fixed value.
    Words(&'static str),
}

/// A key with a default value.
#[derive(Debug)]
pub(super) struct Key<T> {
    pub(super) row: Row,
    pub(super) read: Read<T>,
    default: &'static str,
}

/// A key that may have no value.
#[derive(Debug)]
pub(super) struct OptionalKey<T> {
    pub(super) row: Row,
    pub(super) read: Read<T>,
}

impl<T> Key<T> {
    pub(super) const fn new(
        name: &'static str,
        place: Place,
        meaning: &'static str,
        default: &'static str,
        read: Read<T>,
    ) -> Self {
        Self {
            row: Row {
                name,
                place,
                is_secret: false,
                meaning,
                default: Default::Value(default),
            },
            read,
            default,
        }
    }

    /// Returns the value that applies if the key is not set.
    ///
    /// # Panics
    /// Panics if the row's default is invalid. A test reads all defaults.
    pub(super) fn default(&self) -> T {
        let Ok(value) = self.default.parse();
        (self.read)(&value).expect("the default of a key is valid")
    }
}

impl<T> OptionalKey<T> {
    pub(super) const fn new(
        name: &'static str,
        place: Place,
        meaning: &'static str,
        default: &'static str,
        read: Read<T>,
    ) -> Self {
        Self {
            row: Row {
                name,
                place,
                is_secret: false,
                meaning,
                default: Default::Words(default),
            },
            read,
        }
    }

    /// Marks the value as one that must not be shown.
    pub(super) const fn secret(mut self) -> Self {
        self.row.is_secret = true;
        self
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
/// written as in Rocket.toml; that of an [`OptionalKey`] is words for the documentation. `secret` at the
/// end marks a value that must not be shown.
macro_rules! keys {
    ($(
        $(#[doc = $meaning:literal])+
        $id:ident: $kind:ident<$type:ty> = ($name:literal, $place:ident, $default:literal, $read:expr $(, $secret:ident)?);
    )+) => {
        $(
            $(#[doc = $meaning])+
            pub(super) static $id: $kind<$type> = $kind::new(
                $name,
                $crate::config::key::Place::$place,
                concat!($($meaning),+),
                $default,
                $read,
            )$(.$secret())?;
        )+

        /// The rows of this group.
        pub(super) static KEYS: &[&$crate::config::key::Row] = &[$(&$id.row),+];
    };
}

pub(super) use keys;
