//! The policies of all routes of a Rocket as one table: for the launch log, for tests and tools.

mod mount;
mod registry;
mod table;

pub(crate) use self::mount::declare_public;
pub use self::mount::{Declaration, declaration, mounted, mounted_under, protect};
pub use self::table::{Policies, RoutePolicy};
pub(crate) use self::table::{PublicRoutes, log_table};
