//! What Rocket.toml, the environment and the code say, checked. Knows nothing of requests.

mod auth0;
mod layers;
mod reader;
mod settings;

#[cfg(feature = "issuer")]
pub(crate) use layers::is_silent;
pub(crate) use layers::{Layer, layered};
pub(crate) use reader::Problem;
pub(crate) use settings::{IssuerSettings, Settings};

/// The table of the configuration that is ours.
const TABLE: &str = "auth";
