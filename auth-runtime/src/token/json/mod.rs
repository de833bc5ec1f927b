//! Reads the JSON of a token strictly and once. Everything that is known about a token comes from
//! this reader. It knows nothing about claims, and features of `serde_json` do not change what it
//! reads.
//!
//! The types that hold a text or its values do not implement `Debug`, because claims are personal data.

mod convert;
mod document;
mod duplicates;
mod escapes;
mod layout;
mod number;
mod reader;
mod scan;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use self::document::Document;
pub(crate) use self::layout::Layout;
pub(crate) use self::reader::JsonError;
#[cfg(fuzzing)]
pub(crate) use self::reader::Problem as JsonProblem;
pub(crate) use self::value::{Json, Located, Object, Text};
