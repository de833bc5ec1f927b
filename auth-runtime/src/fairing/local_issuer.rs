//! Runs the local issuer in development, if no issuer is configured.

use std::collections::BTreeSet;

use rocket::figment::value::Dict;
use rocket::{Build, Orbit, Rocket};

use super::builder::AuthBuilder;
use crate::auth::Auth;
use crate::config::{self, Settings, Source, Table};
use crate::issuer::{ApiGrants, LocalIssuer};
use crate::policy::Leaf;
use crate::routes::{Policies, RoutePolicy};

/// Takes the place of the local issuer's address until it is known.
const PLACEHOLDER: &str = "http://127.0.0.1/";

/// Starts the local issuer if no issuer is configured, and configures it.
pub(super) async fn start(
    builder: &AuthBuilder,
    rocket: Rocket<Build>,
    mut table: Table,
) -> Result<(Rocket<Build>, Table), Rocket<Build>> {
    if !config::is_local_issuer_wanted(&table) {
        return Ok((rocket, table));
    }
    let configured = config::read_local_issuer(&table, builder.local_issuer.is_some());
    let settings = match configured {
        Ok(settings) => settings,
        Err(problems) => return super::abort(rocket, &problems).map(|rocket| (rocket, table)),
    };
    let Some(issuer) = builder.local_issuer.clone() else {
        return Ok((rocket, table));
    };
    // A configuration that cannot work starts nothing.
    let mut complete = table.clone();
    complete.set_all(keys(PLACEHOLDER, "placeholder"), &Source::LocalIssuer);
    if let Err(problems) = Settings::read(complete) {
        return super::abort(rocket, &problems).map(|rocket| (rocket, table));
    }
    let issuer = issuer.or(settings, rocket.figment());
    let issuer = match issuer.start().await {
        Ok(issuer) => issuer,
        Err(error) => {
            log::error!("the local issuer does not start: {error}");
            return Err(rocket);
        }
    };
    warn(issuer.url());
    table.set_all(keys(issuer.url(), issuer.audience()), &Source::LocalIssuer);
    Ok((rocket.manage(issuer), table))
}

/// Returns the keys that configure the local issuer.
fn keys(url: &str, audience: &str) -> Dict {
    Dict::from([
        ("issuer".to_owned(), url.into()),
        ("audience".to_owned(), audience.into()),
    ])
}

/// Stops the local issuer, if it runs.
pub(super) fn stop(rocket: &Rocket<Orbit>) {
    if let Some(issuer) = rocket.state::<LocalIssuer>() {
        issuer.stop();
    }
}

/// Gives the local issuer, if it runs, what the routes require.
pub(super) fn set_api(rocket: &Rocket<Orbit>) {
    if let Some(issuer) = rocket.state::<LocalIssuer>() {
        issuer.set_api(required_grants(rocket));
    }
}

/// Returns what the routes of this Rocket require.
pub(crate) fn required_grants(rocket: &Rocket<Orbit>) -> ApiGrants {
    let policies = Policies::of(rocket);
    let (mut permissions, mut roles) = (BTreeSet::new(), BTreeSet::new());
    for policy in policies.iter().filter_map(RoutePolicy::policy) {
        for leaf in policy.leaves() {
            match leaf {
                Leaf::Permission(permission) => drop(permissions.insert(permission.to_owned())),
                Leaf::Role(role) => drop(roles.insert(role.to_owned())),
                _ => {}
            }
        }
    }
    let auth = rocket.state::<Auth>();
    ApiGrants {
        scopes: policies
            .required_scopes()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        permissions: permissions.into_iter().collect(),
        roles: roles.into_iter().collect(),
        claim_names: auth
            .map(|auth| auth.claim_names().clone())
            .unwrap_or_default(),
    }
}

/// Warns that anyone can get a token.
fn warn(url: &str) {
    let line = "=".repeat(80);
    log::warn!("{line}");
    log::warn!("Nothing says whose tokens are accepted, so a local issuer runs at {url}");
    log::warn!("Anyone can get a token from it, for any user and any scope: never in production!");
    log::warn!("{line}");
}
