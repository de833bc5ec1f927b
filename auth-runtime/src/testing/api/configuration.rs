//! The configuration of an application, with the issuers of a test in place of its own.

use rocket::figment::value::{Dict, Map, Value};
use rocket::figment::{self, Figment, Metadata, Profile, Provider};

use crate::config;
use crate::issuer::{LocalIssuer, LocalIssuerBuilder};

/// The audience of an application that has none configured.
const AUDIENCE: &str = "https://api.example.com";

/// Returns a builder for an issuer with the configured users and audience.
///
/// # Panics
/// Panics if the configuration of the users cannot work.
#[expect(clippy::panic, reason = "a mistake of a test")]
pub(super) fn issuer(figment: &Figment) -> LocalIssuerBuilder {
    let audience = figment.extract_inner::<String>("auth.audience");
    let issuer = LocalIssuer::builder(audience.unwrap_or_else(|_| AUDIENCE.to_owned()));
    match config::local_settings(figment) {
        Ok(settings) => issuer.or(settings, figment),
        Err(problems) => {
            let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
            panic!("{}", problems.join("\n"));
        }
    }
}

/// Returns the configuration with these issuers in place of its own issuer and keys.
pub(super) fn trusting(figment: &Figment, issuers: &[LocalIssuer]) -> Figment {
    let mut profiles = figment.data().unwrap_or_default();
    for table in profiles.values_mut() {
        if let Some(Value::Dict(_, auth)) = table.get_mut("auth") {
            for key in config::issuer_keys() {
                auth.remove(key);
            }
        }
    }
    let table = |issuer: &LocalIssuer| {
        Dict::from([
            ("issuer".to_owned(), issuer.url().into()),
            ("audience".to_owned(), issuer.audience().into()),
        ])
    };
    let keys = match issuers {
        [issuer] => table(issuer),
        issuers => {
            let tables: Vec<Value> = issuers.iter().map(|issuer| table(issuer).into()).collect();
            Dict::from([("issuers".to_owned(), tables.into())])
        }
    };
    Figment::from(Rewritten(profiles))
        .select(figment.profile().clone())
        .merge(("auth", keys))
}

/// The values of a configuration, profile by profile.
struct Rewritten(Map<Profile, Dict>);

impl Provider for Rewritten {
    fn metadata(&self) -> Metadata {
        Metadata::named("the application's configuration")
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Ok(self.0.clone())
    }
}
