//! Tokens out.

mod arguments;
mod handler;
mod item;
mod merged;
mod module;
pub(crate) mod mount;
mod policy;
pub(crate) mod runtime;

pub(crate) use self::item::expand;

#[cfg(test)]
mod tests;
