//! Where a value of the configuration comes from.

use std::fmt;
use std::path::PathBuf;

use rocket::figment::{self, Metadata};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file that Rocket reads, usually `Rocket.toml`.
    File(PathBuf),
    /// One of the tutorials' variables, such as `AUTH0_DOMAIN`.
    Variable(&'static str),
    /// The variable `ROCKET_AUTH`.
    RocketAuth,
    /// A provider that the application added to Rocket's figment, by its name.
    Provider(String),
    /// `Auth::builder()`.
    Builder,
    /// The local issuer that the fairing started.
    #[cfg(feature = "issuer")]
    LocalIssuer,
}

impl Source {
    pub(super) fn from_metadata(metadata: &Metadata) -> Self {
        match &metadata.source {
            Some(figment::Source::File(path)) => Self::File(path.clone()),
            // Rocket's own provider mentions only the prefix of its variables.
            None if metadata.name.starts_with("`ROCKET_`") => Self::RocketAuth,
            _ => Self::Provider(metadata.name.clone().into_owned()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The whole path says more about the machine than about the mistake.
            Self::File(path) => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                write!(f, "{}", name.to_string_lossy())
            }
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::RocketAuth => f.write_str("the variable ROCKET_AUTH"),
            Self::Provider(name) => f.write_str(name),
            Self::Builder => f.write_str("`Auth::builder()`"),
            #[cfg(feature = "issuer")]
            Self::LocalIssuer => f.write_str("the local issuer"),
        }
    }
}
