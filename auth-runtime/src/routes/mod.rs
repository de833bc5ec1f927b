//! Collects the policies of all routes of a Rocket in one table, for the launch log, tests and tools.

mod diff;
mod lock;
mod mount;
mod overlap;
mod registry;
mod route_policy;
mod scopes;
mod table;
mod undeclared;

pub use self::diff::{PolicyChange, PolicyDiff, PolicyVerdict};
#[cfg(feature = "testing")]
pub(crate) use self::lock::PolicyLock;
pub(crate) use self::mount::declare_public;
pub use self::mount::{Declaration, declaration, listed, mounted, mounted_under, protect};
pub(crate) use self::route_policy::PublicRoutes;
pub use self::route_policy::RoutePolicy;
pub use self::scopes::ApiScope;
pub use self::table::Policies;
pub(crate) use self::table::{INTERNAL, Vocabularies, log_table};
pub(crate) use self::undeclared::{Undeclared, UndeclaredReason};
