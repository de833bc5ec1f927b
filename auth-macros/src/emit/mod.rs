//! Generates the output of the macros.

mod arguments;
mod handler;
mod inherited;
mod item;
mod merged;
mod module;
pub(crate) mod mount;
mod policy;
pub(crate) mod runtime;
mod scope;

pub(crate) use self::item::expand;
pub(crate) use self::scope::scope;

#[cfg(test)]
mod tests;
