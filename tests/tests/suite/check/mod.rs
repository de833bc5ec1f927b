//! `Auth::check`: what the report says of a set-up and of a token.

mod commands;
mod issuers;
mod scopes;
mod token;

use auth_runtime::{Auth, AuthBuilder, CheckReport};
use rocket::{Build, Ignite, Rocket};
use serde_json::Value;

use crate::support::*;

/// An ignited application.
async fn ignited(
    auth: AuthBuilder,
    build: impl FnOnce(Rocket<Build>) -> Rocket<Build>,
) -> Rocket<Ignite> {
    let figment = quiet().merge(("auth.jwks_cooldown", 0));
    let rocket = build(rocket::custom(figment).attach(auth.fairing()));
    rocket.ignite().await.expect("the application ignites")
}

fn json(report: &CheckReport) -> Value {
    serde_json::to_value(report).expect("a report is JSON")
}

/// The findings of the section whose title begins like this.
fn findings(report: &CheckReport, title: &str) -> Vec<Value> {
    let report = json(report);
    let sections = report["sections"]
        .as_array()
        .expect("a report has sections");
    let section = sections.iter().find(|section| {
        let own = section["title"].as_str().unwrap_or_default();
        own.starts_with(title)
    });
    let section = section.unwrap_or_else(|| panic!("{title} is not in {report:#}"));
    section["findings"]
        .as_array()
        .expect("a section has findings")
        .clone()
}

/// The finding on this subject.
fn finding(report: &CheckReport, title: &str, subject: &str) -> Value {
    let findings = findings(report, title);
    let found = findings.iter().find(|one| one["subject"] == subject);
    found
        .unwrap_or_else(|| panic!("{subject} is not in {findings:#?}"))
        .clone()
}
