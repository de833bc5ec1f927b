//! Decides whether one policy allows fewer callers than another, by their values.
//!
//! A policy is a monotone formula over leaves that a caller can meet: meeting one more leaf never
//! costs access. Therefore one policy implies another if each minimal set of leaves that meets the
//! first also meets the second. Leaves count as independent of each other, with two exceptions: a
//! login that is recent for one `max_age` is also recent for a longer one, and a class in one list
//! may be in another. Rules are compared by their text, because what a rule decides is not known.

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
        let mut sets = alternatives(own, MAX_SETS)?.into_iter().filter(is_possible);
        Some(match other {
            Self::Requires(others) => sets.all(|set| all_met(others, &set)),
            Self::Public | Self::RefuseAll => sets.next().is_none(),
        })
    }
}

/// Returns whether a caller can meet all leaves of the set. A login has one class, so it cannot be in
/// two lists without a common class.
fn is_possible(set: &Leaves<'_>) -> bool {
    classes(set).is_none_or(|classes| !classes.is_empty())
}

/// Returns the classes that are in all lists of the set, or `None` if it does not have a list.
fn classes<'c>(set: &Leaves<'c>) -> Option<Vec<&'c str>> {
    let lists = set.iter().filter_map(|leaf| match leaf {
        Condition::Acr(classes) => Some(scope::split(classes).collect::<Vec<_>>()),
        _ => None,
    });
    lists.reduce(|mut common, list| {
        common.retain(|class| list.contains(class));
        common
    })
}

fn all_met(conditions: &[Condition], set: &Leaves<'_>) -> bool {
    conditions.iter().all(|condition| is_met(condition, set))
}

/// Returns whether a caller that has these leaves, and perhaps more, meets the condition.
fn is_met(condition: &Condition, set: &Leaves<'_>) -> bool {
    match condition {
        Condition::Any(inner) => inner.iter().any(|condition| is_met(condition, set)),
        Condition::All(inner) | Condition::NotFound(inner) => all_met(inner, set),
        Condition::ReportOnly(_) => true,
        Condition::MaxAge(limit) => set
            .iter()
            .any(|leaf| matches!(leaf, Condition::MaxAge(age) if age <= limit)),
        Condition::Acr(accepted) => classes(set).is_some_and(|classes| {
            let mut classes = classes.into_iter();
            classes.all(|class| scope::split(accepted).any(|accepted| accepted == class))
        }),
        leaf => set.contains(leaf),
    }
}
