//! Checks every rule that users can break. Each rule is next to its message.

pub(crate) mod combination;
pub(crate) mod module;
pub(crate) mod mount;
pub(crate) mod parameters;
pub(crate) mod paths;
pub(crate) mod placement;
pub(crate) mod repetition;
pub(crate) mod values;
