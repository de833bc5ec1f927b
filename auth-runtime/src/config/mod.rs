//! Reads and checks the configuration in Rocket.toml, the environment and code. This module knows
//! nothing about requests.
//!
//! # Adding a group of keys
//!
//! Each group has its own file, and one row in it defines a key completely:
//!
//! 1. Declare the rows with `keys!`, as in `tokens.rs`. A `Key` has a default, which is written as in
//!    Rocket.toml and read by the same function as any other value. An `OptionalKey` has none. The
//!    function (`values.rs` has the usual ones) turns the value into the type that the key means, such as
//!    an enum, or says what to write.
//! 2. Write a `…Settings` type in which no invalid combination has a value, and
//!    `fn read(reader: &mut Reader) -> …Settings`. Report a wrong combination of keys with
//!    `reader.problem(&KEY, "…")` and continue with any value: all problems are reported together, and
//!    the launch is aborted.
//! 3. Add the group's `KEYS` to `settings::GROUPS`, and its settings to `Settings`.
//! 4. Add the rows to docs/configuration.md. A test compares them, and shows the lines that it expects.
//! 5. Add a setter for each key to `AuthBuilder`. A test compares those as well.

mod algorithms;
mod bound_tokens;
mod code;
mod date;
mod dotenv;
mod endpoint;
mod fetching;
mod http_hosts;
mod introspection;
mod issuers;
mod key;
mod key_source;
mod layers;
#[cfg(feature = "check")]
mod listing;
mod local_issuer;
mod lookalikes;
mod mode;
mod named;
mod names;
mod problem;
mod public_url;
mod reader;
mod replies;
mod revocation;
mod secrets;
mod settings;
mod shadow;
mod shared_state;
mod source;
mod table;
#[cfg(test)]
mod test_config;
mod tokens;
mod tracing;
mod trust;
mod tutorial;
mod values;

pub use bound_tokens::BindingMode;
pub(crate) use bound_tokens::{
    BoundTokenSettings, CertificateSource, DpopSettings, NonceKey, NonceSettings,
};
pub(crate) use code::CodeValues;
#[cfg(fuzzing)]
pub(crate) use dotenv::parse as parse_dotenv;
pub(crate) use introspection::{AudienceRule, IntrospectionSettings};
pub(crate) use issuers::IssuerSettings;
pub(crate) use key_source::KeySettings;
pub(crate) use layers::load;
#[cfg(feature = "check")]
pub(crate) use listing::Listing;
#[cfg(feature = "issuer")]
pub(crate) use local_issuer::{is_wanted as is_local_issuer_wanted, read as read_local_issuer};
#[cfg(feature = "testing")]
pub(crate) use local_issuer::{issuer_keys, read_figment as local_settings};
pub(crate) use mode::Mode;
pub(crate) use problem::Problem;
pub(crate) use public_url::PublicUrl;
pub use replies::UndeclaredRoutes;
pub(crate) use replies::{Enforcement, MalformedStatus, ReplySettings};
pub(crate) use revocation::RevocationSettings;
pub(crate) use secrets::SecretSettings;
pub(crate) use settings::Settings;
#[cfg(test)]
pub(crate) use settings::key_names;
pub(crate) use shadow::ShadowSettings;
pub(crate) use shared_state::StoreSettings;
#[cfg(feature = "issuer")]
pub(crate) use source::Source;
#[cfg(feature = "issuer")]
pub(crate) use table::Table;
pub(crate) use tokens::TokenSettings;
pub use tokens::TokenType;

/// The name of our table in Rocket's configuration.
const TABLE: &str = "auth";

/// Rocket's profile for development.
const DEBUG: rocket::figment::Profile = rocket::Config::DEBUG_PROFILE;
