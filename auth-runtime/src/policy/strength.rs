//! Decides whether one policy allows fewer callers than another, by their values.
//!
//! A policy is a monotone formula over leaves that a caller can meet: meeting one more leaf never
//! costs access. Therefore one policy implies another if each minimal set of leaves that meets the
//! first also meets the second. Leaves count as independent of each other, with two exceptions: a
//! login that is recent for one `max_age` is also recent for a longer one, and a login has one class,
//! which may be in several lists. Rules are compared by their text, because what a rule decides is not
//! known.

use super::alternatives::{Leaves, alternatives};
use super::text::{Condition, PolicyText};
use crate::token::scope;

/// How a policy compares with an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Some callers gain access, and none loses it.
    Weaker,
    /// Some callers lose access, and none gains it.
    Stricter,
    /// The same callers have access.
    Equal,
    /// Some callers gain access and others lose it, or it cannot be decided.
    Incomparable,
}

/// The maximum number of minimal sets for which policies are compared.
const MAX_SETS: usize = 4096;

impl Strength {
    /// Compares a policy with an earlier one.
    pub(crate) fn compare(before: &PolicyText, after: &PolicyText) -> Self {
        match (after.implies(before), before.implies(after)) {
            (Some(true), Some(true)) => Self::Equal,
            (Some(true), Some(false)) => Self::Stricter,
            (Some(false), Some(true)) => Self::Weaker,
            _ => Self::Incomparable,
        }
    }
}

impl PolicyText {
    /// Returns whether each caller that meets this policy meets the other; `None` if it is too large.
    fn implies(&self, other: &Self) -> Option<bool> {
        let own = match (self, other) {
            (_, Self::Public) | (Self::RefuseAll, _) => return Some(true),
            (Self::Public, _) => return Some(false),
            (Self::Requires(own), _) => own,
        };
        let mut sets = alternatives(own, MAX_SETS)?.into_iter();
        // Each class that the set allows describes a different caller.
        Some(sets.all(|set| {
            login_classes(&set).into_iter().all(|class| match other {
                Self::Requires(others) => all_met(others, &set, class),
                Self::Public | Self::RefuseAll => false,
            })
        }))
    }
}

/// Returns the classes that the login of a caller with these leaves can have. `None` means that the
/// leaves do not require a class. The result is empty if two lists have no class in common, because a
/// login has only one class.
fn login_classes<'c>(set: &Leaves<'c>) -> Vec<Option<&'c str>> {
    let lists = set.iter().filter_map(|leaf| match leaf {
        Condition::Acr(classes) => Some(scope::split(classes).collect::<Vec<_>>()),
        _ => None,
    });
    let common = lists.reduce(|mut common, list| {
        common.retain(|class| list.contains(class));
        common
    });
    match common {
        Some(classes) => classes.into_iter().map(Some).collect(),
        None => vec![None],
    }
}

fn all_met(conditions: &[Condition], set: &Leaves<'_>, class: Option<&str>) -> bool {
    let mut conditions = conditions.iter();
    conditions.all(|condition| is_met(condition, set, class))
}

/// Returns whether a caller that has these leaves, and perhaps more, meets the condition. Its login has
/// this class.
fn is_met(condition: &Condition, set: &Leaves<'_>, class: Option<&str>) -> bool {
    match condition {
        Condition::Any(inner) => inner.iter().any(|condition| is_met(condition, set, class)),
        Condition::All(inner) | Condition::NotFound(inner) => all_met(inner, set, class),
        Condition::ReportOnly(_) => true,
        Condition::MaxAge(limit) => set
            .iter()
            .any(|leaf| matches!(leaf, Condition::MaxAge(age) if age <= limit)),
        Condition::Acr(accepted) => {
            class.is_some_and(|class| scope::split(accepted).any(|accepted| accepted == class))
        }
        leaf => set.contains(leaf),
    }
}
