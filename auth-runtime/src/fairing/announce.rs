//! Logs the configuration at launch.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;

use crate::config::{Enforcement, IssuerSettings, KeySettings, Mode, Settings};
use crate::verify::TemporarySecret;

/// A longer leeway is probably a mistake, such as a number of milliseconds.
const MAX_USUAL_LEEWAY: Duration = Duration::from_secs(5 * 60);

/// Logs whose tokens are accepted, and warns of settings that are not meant to last.
pub(super) fn log(settings: &Settings, now: SystemTime) {
    log::info!("Access tokens:");
    match &settings.mode {
        Mode::KeySets(issuers) => issuers.iter().for_each(log_issuer),
        Mode::Migration(issuers, secret) => {
            issuers.iter().for_each(log_issuer);
            log_migration(secret, now);
        }
        Mode::SharedSecret(secret) => {
            log::info!(target: "_", "issuer: {}", secret.issuers.join(", "));
            log::info!(target: "_", "audience: {}", secret.audience.join(", "));
            log::info!(target: "_", "algorithms: HS256");
            log::info!(target: "_", "keys: a shared secret");
        }
    }
    if let Some(shadow) = &settings.shadow {
        log::info!(
            "{:.0} % of the accepted tokens are also judged by the table `shadow`",
            shadow.sample * 100.0
        );
    }
    if !settings.http_hosts.is_empty() {
        log::warn!(
            "`allow_http_hosts` is set: keys are fetched over plain http from {}, and anyone on the \
             way can replace them",
            settings.http_hosts.join(", ")
        );
    }
    let leeway = settings.tokens.leeway;
    if leeway > MAX_USUAL_LEEWAY {
        log::warn!(
            "`leeway` is {} s: tokens are accepted for that long after they have expired, and clocks \
             seldom differ by more than a minute",
            leeway.as_secs_f64()
        );
    }
    if settings.replies.enforcement == Enforcement::ReportOnly {
        log::warn!(
            "`report_only` is on: a request with a valid token passes even if it does not meet the \
             requirements of its route, and the log says which"
        );
    }
}

fn log_issuer(issuer: &IssuerSettings) {
    log::info!(target: "_", "issuer: {}", issuer.names.join(", "));
    log::info!(target: "_", "audience: {}", issuer.audience.join(", "));
    let algorithms: Vec<_> = issuer.algorithms.iter().map(ToString::to_string).collect();
    log::info!(target: "_", "algorithms: {}", algorithms.join(", "));
    match &issuer.keys {
        KeySettings::Remote { origin, .. } => log::info!(target: "_", "keys: {}", origin.url()),
        KeySettings::Fixed { from, .. } => log::info!(target: "_", "keys: {from}"),
        KeySettings::Introspection(settings) => {
            log::info!(target: "_", "introspection: {}", settings.endpoint);
        }
    }
}

fn log_migration(secret: &TemporarySecret, now: SystemTime) {
    let until = OffsetDateTime::from(secret.until);
    if now < secret.until {
        log::warn!("HS256 with the shared secret is accepted until {until} (`secret_until`)");
    } else {
        log::warn!(
            "`secret_until` has passed ({until}): HS256 is not accepted any more: remove the secret \
             and `secret_until`"
        );
    }
}
