//! Reports the configuration, each value with its source.

use super::report::{Finding, Section};
use crate::config::Listing;

pub(super) fn section(listing: &Listing) -> Section {
    let mut findings = vec![Finding::note("profile", listing.profile.to_string())];
    findings.extend(listing.values.iter().map(|value| {
        let found = format!("{} (from {})", value.shown, value.source);
        Finding::note(&value.path, found)
    }));
    findings.push(Finding::note("every other key", "its default"));
    Section::new("Configuration", findings)
}
