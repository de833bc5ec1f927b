//! Describes for developers what a token lacks to meet a policy. The evaluation decides what is met, so
//! the description never contradicts it.

use std::fmt::{self, Display, Formatter};

use super::requirement::{Kind, Literal, Requirement};
use super::{Facts, Policy, Verdict};
use crate::token::AccessToken;

/// What a token lacks. A group has two members or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lacking {
    Single(String),
    /// Any of these would do.
    Any(Vec<Self>),
    All(Vec<Self>),
}

impl Policy {
    /// Returns what the token lacks, or `None` if it lacks nothing.
    pub(crate) fn lacking(self, token: &AccessToken, facts: &mut impl Facts) -> Option<Lacking> {
        all_of(self.requirements(), token, facts)
    }
}

impl Requirement {
    /// Returns what the token lacks to meet this requirement, or `None` if it lacks nothing.
    fn lacking(&self, token: &AccessToken, facts: &mut impl Facts) -> Option<Lacking> {
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
            Kind::Any(inner) => {
                let lacking = inner
                    .iter()
                    .filter_map(|alternative| alternative.lacking(token, facts));
                return group(lacking.collect(), Lacking::Any);
            }
            Kind::All(inner) | Kind::NotFound(inner) | Kind::ReportOnly(inner) => {
                return all_of(inner, token, facts);
            }
        };
        Some(Lacking::Single(phrase))
    }
}

fn all_of(
    requirements: &[Requirement],
    token: &AccessToken,
    facts: &mut impl Facts,
) -> Option<Lacking> {
    let lacking = requirements
        .iter()
        .filter_map(|requirement| requirement.lacking(token, facts));
    group(lacking.collect(), Lacking::All)
}

fn group(mut members: Vec<Lacking>, several: fn(Vec<Lacking>) -> Lacking) -> Option<Lacking> {
    match members.len() {
        0 => None,
        1 => members.pop(),
        _ => Some(several(members)),
    }
}

impl Display for Lacking {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (members, word) = match self {
            Self::Single(phrase) => return f.write_str(phrase),
            Self::Any(members) => (members, " or "),
            Self::All(members) => (members, " and "),
        };
        for (index, member) in members.iter().enumerate() {
            if index > 0 {
                f.write_str(word)?;
            }
            match member {
                Self::Single(phrase) => f.write_str(phrase)?,
                group => write!(f, "({group})")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::evaluate_tests::{Request, requires, token};
    use super::*;

    fn lacking(requirements: Vec<Requirement>, scope: &str) -> Option<String> {
        let token = token(&json!({ "scope": scope }));
        let lacking = requires(requirements).lacking(&token, &mut Request::default());
        lacking.map(|lacking| lacking.to_string())
    }

    #[test]
    fn only_what_the_token_lacks_is_described() {
        const A: Requirement = Requirement::scope("a");
        const ROLE: Requirement = Requirement::role("r");
        let either = Requirement::any(const { &[A, ROLE] });
        let nested = Requirement::any(const { &[Requirement::all(&[A, ROLE]), A, ROLE] });
        for (requirements, scope, expected) in [
            (vec![A], "a", None),
            (vec![A], "", Some("`a`")),
            (vec![A, ROLE], "a", Some("the role `r`")),
            (vec![A, ROLE], "", Some("`a` and the role `r`")),
            (vec![either], "a", None),
            (vec![either], "", Some("`a` or the role `r`")),
            (vec![either, A], "", Some("(`a` or the role `r`) and `a`")),
            (
                vec![nested],
                "",
                Some("(`a` and the role `r`) or `a` or the role `r`"),
            ),
        ] {
            let described = lacking(requirements, scope);
            assert_eq!(described.as_deref(), expected);
        }
    }
}
