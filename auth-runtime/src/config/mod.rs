//! What Rocket.toml, the environment and the code say, checked. Knows nothing of requests.

mod auth0;
mod issuers;
mod layers;
mod reader;
mod secrets;
mod settings;
#[cfg(test)]
mod test_config;

pub(crate) use issuers::{IssuerSettings, KeySettings};
#[cfg(feature = "issuer")]
pub(crate) use layers::is_silent;
pub(crate) use layers::{Layer, layered};
pub(crate) use reader::Problem;
pub(crate) use settings::{Settings, UndeclaredRoutes};

/// The table of the configuration that is ours.
const TABLE: &str = "auth";
