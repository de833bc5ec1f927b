//! Tokens out.

mod handler;
mod item;
mod merged;
mod module;
mod policy;
pub(crate) mod routes;
pub(crate) mod runtime;

pub(crate) use self::item::expand;

#[cfg(test)]
mod tests;
