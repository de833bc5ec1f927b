//! Parses what the macros need to know: items, our attributes on them, and Rocket's route attributes.
//!
//! Tokens that need no change are kept as they are. Nothing here reports a mistake.

pub(crate) mod attribute;
pub(crate) mod body;
pub(crate) mod foreign;
pub(crate) mod function;
pub(crate) mod gather;
pub(crate) mod item;
pub(crate) mod kind;
pub(crate) mod module;
pub(crate) mod mount;
pub(crate) mod parameter;
pub(crate) mod route;
pub(crate) mod tokens;
