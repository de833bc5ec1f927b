//! Records where a value of the configuration comes from.

use std::fmt;
use std::path::PathBuf;

use rocket::figment::{self, Metadata};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A variable in a file `.env`.
    DotEnv {
        path: PathBuf,
        variable: &'static str,
    },
    /// A file that Rocket reads, usually `Rocket.toml`.
    File(PathBuf),
    /// One of the tutorials' variables, such as `AUTH0_DOMAIN`, in the environment.
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
            // The name of a tuple such as `("auth.issuer", "…")` is its type.
            _ if metadata.name.starts_with('(') => {
                Self::Provider("a value merged in code".to_owned())
            }
            _ => Self::Provider(metadata.name.clone().into_owned()),
        }
    }

    /// Returns whether a value from here gives way to one of the tutorials' variables.
    pub(super) fn is_weaker_than_variables(&self) -> bool {
        self.highest_rank() < Self::Variable("").lowest_rank()
    }

    /// Returns whether a value from here may decide which keys are trusted for an issuer that comes from
    /// `issuer`.
    pub(super) fn may_vouch_for(&self, issuer: &Self) -> bool {
        match (self, issuer) {
            // A project's Rocket.toml and a developer's `.env` were not written together.
            (Self::File(_), Self::DotEnv { .. }) => false,
            _ => self.highest_rank() >= issuer.lowest_rank(),
        }
    }

    fn lowest_rank(&self) -> u8 {
        match self {
            Self::DotEnv { .. } => 0,
            Self::File(_) => 1,
            Self::Variable(_) => 2,
            // The application decides its place among Rocket's providers.
            Self::RocketAuth | Self::Provider(_) => 3,
            Self::Builder => 4,
            #[cfg(feature = "issuer")]
            Self::LocalIssuer => 4,
        }
    }

    fn highest_rank(&self) -> u8 {
        match self {
            Self::Provider(_) => Self::Builder.lowest_rank(),
            source => source.lowest_rank(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DotEnv { path, variable } => write!(f, "{variable} in {}", path.display()),
            // Only the file name is shown, because the rest of the path describes the machine and not
            // the mistake.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weaker_source_may_not_vouch_for_a_stronger_one() {
        let env_file = Source::DotEnv {
            path: ".env".into(),
            variable: "AUTH0_DOMAIN",
        };
        let sources = [
            env_file.clone(),
            Source::File("Rocket.toml".into()),
            Source::Variable("AUTH0_DOMAIN"),
            Source::RocketAuth,
            Source::Builder,
        ];
        for (rank, issuer) in sources.iter().enumerate() {
            for (other, keys) in sources.iter().enumerate() {
                let is_project_file = matches!(keys, Source::File(_)) && *issuer == env_file;
                assert_eq!(
                    keys.may_vouch_for(issuer),
                    other >= rank && !is_project_file,
                    "{keys} for {issuer}"
                );
            }
        }
    }

    #[test]
    fn a_merged_tuple_is_not_named_after_its_type() {
        let figment = figment::Figment::from(("auth.issuer", "x"));
        let value = figment.find_value("auth.issuer").unwrap();
        let metadata = figment.get_metadata(value.tag()).unwrap();
        assert_eq!(
            Source::from_metadata(metadata).to_string(),
            "a value merged in code"
        );
    }

    #[test]
    fn a_provider_of_the_application_counts_as_a_variable_or_as_code() {
        let provider = Source::Provider("tuple".to_owned());
        assert!(provider.may_vouch_for(&Source::Builder));
        assert!(Source::RocketAuth.may_vouch_for(&provider));
        assert!(!Source::Variable("AUTH0_DOMAIN").may_vouch_for(&provider));
        assert!(!Source::File("Rocket.toml".into()).may_vouch_for(&provider));
    }
}
