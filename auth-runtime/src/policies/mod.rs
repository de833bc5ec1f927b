//! The policies of all routes of a Rocket as one table: for the launch log, for tests and tools.

mod registry;
mod table;

pub use self::registry::{Declaration, declaration, mounted};
pub(crate) use self::table::log_table;
pub use self::table::{Policies, RoutePolicy};
