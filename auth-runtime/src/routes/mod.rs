//! The policies of all routes of a Rocket as one table: for the launch log, for tests and tools.

mod registry;
mod table;

pub use self::registry::{Declaration, declaration, mounted};
pub use self::table::{Policies, RoutePolicy};
pub(crate) use self::table::{PublicRoutes, log_table};
