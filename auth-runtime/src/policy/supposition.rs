//! The facts of a request that nobody has sent, for reports on what a token may do.
//!
//! Two things are not known before there is a request: the parameters of its path, and what the rules of
//! the application say. A policy is evaluated with the worst and with the best of them. If both give the
//! same verdict, it is certain.

use std::collections::HashMap;

use serde_json::Value;

use super::requirement::{Kind, Requirement};
use super::{Answer, Facts, Policy};
use crate::token::AccessToken;

/// The parameters of a path, by their names.
pub(crate) type Parameters = HashMap<String, String>;

/// What is supposed of a request that does not exist.
pub(crate) struct Supposition<'a> {
    settings: RequestSettings,
    parameters: &'a Parameters,
    /// The values that make the caller the owner.
    owned: Parameters,
    rules: Answer,
    /// The report-only requirements that are not met.
    pub(crate) reports: Vec<Requirement>,
}

/// What is the same for all requests at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestSettings {
    /// The time, in seconds since 1970.
    pub(crate) now: f64,
    /// The clock skew allowed, in seconds.
    pub(crate) leeway: f64,
    pub(crate) all_report_only: bool,
}

impl<'a> Supposition<'a> {
    /// Supposes that no rule consents, and that a parameter that is not known is nobody's.
    pub(crate) fn worst(settings: RequestSettings, parameters: &'a Parameters) -> Self {
        Self {
            settings,
            parameters,
            owned: Parameters::new(),
            rules: Answer::No,
            reports: Vec::new(),
        }
    }

    /// Supposes that every rule consents, and that a parameter that is not known is the caller's own.
    pub(crate) fn best(
        settings: RequestSettings,
        parameters: &'a Parameters,
        policy: Policy,
        token: &AccessToken,
    ) -> Self {
        let own = |(claim, parameter): (&str, &str)| {
            let value = match token.claim(claim)? {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            Some((parameter.to_owned(), value))
        };
        Self {
            owned: policy.owners().into_iter().filter_map(own).collect(),
            rules: Answer::Yes,
            ..Self::worst(settings, parameters)
        }
    }
}

impl Facts for Supposition<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        let value = self.parameters.get(name).or_else(|| self.owned.get(name));
        value.map(String::as_str)
    }

    fn now(&self) -> f64 {
        self.settings.now
    }

    fn leeway(&self) -> f64 {
        self.settings.leeway
    }

    fn answer(&self, _: usize) -> Option<Answer> {
        Some(self.rules)
    }

    fn all_report_only(&self) -> bool {
        self.settings.all_report_only
    }

    fn report(&mut self, requirement: &Requirement) {
        self.reports.push(*requirement);
    }
}

impl Policy {
    /// Returns each claim that has to equal a parameter of the path, with the name of the parameter.
    fn owners(self) -> Vec<(&'static str, &'static str)> {
        let mut owners = Vec::new();
        for requirement in self.requirements() {
            requirement.collect_owners(&mut owners);
        }
        owners
    }
}

impl Requirement {
    fn collect_owners(&self, owners: &mut Vec<(&'static str, &'static str)>) {
        match self.0 {
            Kind::Owner { claim, parameter } => owners.push((claim, parameter.name)),
            Kind::Any(inner)
            | Kind::All(inner)
            | Kind::NotFound(inner)
            | Kind::ReportOnly(inner) => inner
                .iter()
                .for_each(|requirement| requirement.collect_owners(owners)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::evaluate_tests::{requires, token};
    use super::super::requirement::Parameter;
    use super::*;

    const SETTINGS: RequestSettings = RequestSettings {
        now: 1000.0,
        leeway: 10.0,
        all_report_only: false,
    };

    const fn owner(claim: &'static str, name: &'static str) -> Requirement {
        let parse = |segment: &str| Some(segment.to_owned());
        Requirement::owner(claim, Parameter { name, parse })
    }

    #[test]
    fn only_the_best_case_supposes_consent_and_ownership() {
        const INNER: &[Requirement] = &[owner("tenant", "tenant"), Requirement::scope("a")];
        let policy = requires(vec![
            owner("sub", "id"),
            Requirement::any(INNER),
            owner("list", "list"),
        ]);
        let token = token(&json!({ "sub": "u", "tenant": 7, "list": ["x"] }));
        let unknown = Parameters::new();
        let best = Supposition::best(SETTINGS, &unknown, policy, &token);
        assert_eq!(best.parameter("id"), Some("u"));
        assert_eq!(best.parameter("tenant"), Some("7"));
        assert_eq!(best.parameter("list"), None);
        assert!(matches!(best.answer(0), Some(Answer::Yes)));
        let worst = Supposition::worst(SETTINGS, &unknown);
        assert_eq!(worst.parameter("id"), None);
        assert!(matches!(worst.answer(0), Some(Answer::No)));
    }

    #[test]
    fn a_parameter_that_is_known_is_not_supposed() {
        let policy = requires(vec![owner("sub", "id")]);
        let known = Parameters::from([("id".to_owned(), "other".to_owned())]);
        let token = token(&json!({ "sub": "u" }));
        let best = Supposition::best(SETTINGS, &known, policy, &token);
        assert_eq!(best.parameter("id"), Some("other"));
    }

    #[test]
    fn the_settings_are_those_of_the_request() {
        let unknown = Parameters::new();
        for all_report_only in [false, true] {
            let settings = RequestSettings {
                all_report_only,
                ..SETTINGS
            };
            let mut facts = Supposition::worst(settings, &unknown);
            assert_eq!(facts.all_report_only(), all_report_only);
            assert!((facts.now() - 1000.0).abs() < 1e-9 && (facts.leeway() - 10.0).abs() < 1e-9);
            facts.report(&Requirement::scope("a"));
            assert_eq!(facts.reports, [Requirement::scope("a")]);
        }
    }
}
