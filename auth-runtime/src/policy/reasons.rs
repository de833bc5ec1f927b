//! What a policy asks for that a token does not have, in words for developers. The evaluation decides
//! what is met, so that the words never contradict it.

use super::requirement::{Kind, Literal, Requirement};
use super::{Facts, Policy, Verdict};
use crate::token::AccessToken;

impl Policy {
    /// Returns what the token lacks, or `None` if it lacks nothing.
    pub(crate) fn lacking(self, token: &AccessToken, facts: &mut impl Facts) -> Option<String> {
        let lacking: Vec<_> = self
            .requirements()
            .iter()
            .filter_map(|requirement| requirement.lacking(token, facts))
            .collect();
        joined(&lacking, " and ")
    }

    /// Returns each claim that has to equal a parameter of the path, with the name of the parameter.
    pub(crate) fn owners(self) -> Vec<(&'static str, &'static str)> {
        let mut owners = Vec::new();
        for requirement in self.requirements() {
            requirement.collect_owners(&mut owners);
        }
        owners
    }
}

impl Requirement {
    /// Returns what the token lacks to meet this requirement, or `None` if it lacks nothing.
    pub(crate) fn lacking(&self, token: &AccessToken, facts: &mut impl Facts) -> Option<String> {
        if matches!(self.evaluate(token, facts), Verdict::Allowed) {
            return None;
        }
        let phrase = match self.0 {
            Kind::Scope(scope) => format!("`{scope}`"),
            Kind::Permission(permission) => format!("the permission `{permission}`"),
            Kind::Role(role) => format!("the role `{role}`"),
            Kind::Claim { name, value } => match value {
                Literal::Text(text) => format!("`{name}` = {text:?}"),
                Literal::Integer(number) => format!("`{name}` = {number}"),
                Literal::Bool(flag) => format!("`{name}` = {flag}"),
            },
            Kind::Owner { claim, parameter } => {
                format!("`{claim}` equal to `<{}>`", parameter.name)
            }
            Kind::MaxAge(seconds) => format!("a login in the last {seconds} s (`auth_time`)"),
            Kind::Acr(classes) => format!("a login of the class `{classes}` (`acr`)"),
            Kind::SenderConstrained => "a binding to a key".to_owned(),
            Kind::Custom(custom) => format!("the consent of the rule `{}`", custom.name),
            Kind::Any(alternatives) => return any_of(alternatives, token, facts),
            Kind::All(inner) | Kind::NotFound(inner) | Kind::ReportOnly(inner) => {
                let inner: Vec<_> = inner
                    .iter()
                    .filter_map(|requirement| requirement.lacking(token, facts))
                    .collect();
                return joined(&inner, " and ");
            }
        };
        Some(phrase)
    }

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

/// What each alternative lacks. Those that lack several things are in parentheses.
fn any_of(
    alternatives: &[Requirement],
    token: &AccessToken,
    facts: &mut impl Facts,
) -> Option<String> {
    let phrases: Vec<_> = alternatives
        .iter()
        .filter_map(|alternative| {
            let phrase = alternative.lacking(token, facts)?;
            let is_compound = phrase.contains(" and ") && alternatives.len() > 1;
            Some(if is_compound {
                format!("({phrase})")
            } else {
                phrase
            })
        })
        .collect();
    let joined = joined(&phrases, " or ")?;
    Some(if phrases.len() > 1 {
        format!("({joined})")
    } else {
        joined
    })
}

fn joined(phrases: &[String], word: &str) -> Option<String> {
    match phrases {
        [] => None,
        // The parentheses of a single list of alternatives say nothing.
        [only] => Some(
            only.strip_prefix('(')
                .and_then(|rest| rest.strip_suffix(')'))
                .filter(|inner| !inner.contains(['(', ')']))
                .map_or_else(|| only.clone(), str::to_owned),
        ),
        several => Some(several.join(word)),
    }
}
