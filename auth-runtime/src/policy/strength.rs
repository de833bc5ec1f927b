//! Whether one policy lets fewer callers through than another, decided on values.
//!
//! A policy is a monotone formula over what a caller can have: meeting one more leaf never costs
//! access. So one policy implies another if each minimal set of leaves that meets the first meets
//! the second, too. Leaves count as independent of each other, except that a recent login is also
//! recent by a longer measure, and a class is one of a longer list. Rules are compared by their
//! text: what a rule decides is not known.

use std::collections::BTreeSet;

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

/// The number of minimal sets up to which policies are compared.
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
    /// Whether each caller that meets this policy meets the other; `None` if it is too large.
    fn implies(&self, other: &Self) -> Option<bool> {
        let own = match (self, other) {
            (_, Self::Public) | (Self::RefuseAll, _) => return Some(true),
            (Self::Public, _) => return Some(false),
            (Self::Requires(own), _) => own,
        };
        let mut sets = all_sets(own)?.into_iter().filter(is_possible);
        Some(match other {
            Self::Requires(others) => sets.all(|set| all_met(others, &set)),
            Self::Public | Self::RefuseAll => sets.next().is_none(),
        })
    }
}

/// Leaves that a caller has.
type Set<'c> = BTreeSet<&'c Condition>;

/// The minimal sets that meet all of these conditions; `None` if there are too many.
fn all_sets(conditions: &[Condition]) -> Option<BTreeSet<Set<'_>>> {
    let mut product = BTreeSet::from([Set::new()]);
    for condition in conditions {
        let sets = sets(condition)?;
        if product.len() * sets.len() > MAX_SETS {
            return None;
        }
        product = product
            .iter()
            .flat_map(|set| sets.iter().map(move |more| set | more))
            .collect();
    }
    Some(product)
}

/// The minimal sets that meet this condition; `None` if there are too many.
fn sets(condition: &Condition) -> Option<BTreeSet<Set<'_>>> {
    match condition {
        Condition::Any(inner) => {
            let mut union = BTreeSet::new();
            for condition in inner {
                union.extend(sets(condition)?);
            }
            (union.len() <= MAX_SETS).then_some(union)
        }
        Condition::All(inner) | Condition::NotFound(inner) => all_sets(inner),
        Condition::ReportOnly(_) => Some(BTreeSet::from([Set::new()])),
        leaf => Some(BTreeSet::from([Set::from([leaf])])),
    }
}

/// A login has one class, so that it cannot be of two lists without a common class.
fn is_possible(set: &Set<'_>) -> bool {
    classes(set).is_none_or(|classes| !classes.is_empty())
}

/// The classes that all lists of the set have in common; `None` if it has no list.
fn classes<'c>(set: &Set<'c>) -> Option<Vec<&'c str>> {
    let lists = set.iter().filter_map(|leaf| match leaf {
        Condition::Acr(classes) => Some(scope::split(classes).collect::<Vec<_>>()),
        _ => None,
    });
    lists.reduce(|mut common, list| {
        common.retain(|class| list.contains(class));
        common
    })
}

fn all_met(conditions: &[Condition], set: &Set<'_>) -> bool {
    conditions.iter().all(|condition| is_met(condition, set))
}

/// Whether a caller that has these leaves, and perhaps more, meets the condition.
fn is_met(condition: &Condition, set: &Set<'_>) -> bool {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Strength::{Equal, Incomparable, Stricter, Weaker};
    use super::*;
    use crate::policy::text::arbitrary;

    fn strength(before: &str, after: &str) -> Strength {
        let parse = |text| PolicyText::parse(text).expect(text);
        Strength::compare(&parse(before), &parse(after))
    }

    const CASES: &[(&str, &str, Strength)] = &[
        ("public", "requires_auth", Stricter),
        ("requires_auth", "public", Weaker),
        ("requires_auth", "refuses everyone", Stricter),
        ("requires_auth", r#"requires_scope("a")"#, Stricter),
        (
            r#"requires_scope("a", "b")"#,
            r#"requires_scope("b")"#,
            Weaker,
        ),
        (
            r#"requires_scope("a")"#,
            r#"requires_scope("b")"#,
            Incomparable,
        ),
        (
            r#"requires_scope("a")"#,
            r#"requires_role("a")"#,
            Incomparable,
        ),
        (
            r#"requires_scope(any("a", "b"))"#,
            r#"requires_scope("a")"#,
            Stricter,
        ),
        (
            r#"requires_scope(any("a", "b"))"#,
            r#"requires_scope(any("b", "c", "a"))"#,
            Weaker,
        ),
        (
            r#"requires_scope("a", "b")"#,
            r#"requires_scope(all("b", "a"))"#,
            Equal,
        ),
        (
            r#"requires_scope(any("a", all("b", "c")))"#,
            r#"requires_scope(any("a", "b"), any("a", "c"))"#,
            Equal,
        ),
        (
            r#"requires_scope("a")"#,
            r#"requires(any(scope("a"), claim(sub = "<id>")))"#,
            Weaker,
        ),
        (
            r#"requires(any(scope("a"), claim(sub = "<id>")))"#,
            r#"requires(any(role("a"), claim(sub = "<id>")))"#,
            Incomparable,
        ),
        (
            r#"requires_scope("a")"#,
            r#"requires_scope("a", report_only)"#,
            Weaker,
        ),
        (
            r#"requires_scope("a")"#,
            r#"requires_scope("a", not_found)"#,
            Equal,
        ),
        (
            "requires_auth(max_age = 300)",
            "requires_auth(max_age = 60)",
            Stricter,
        ),
        (
            "requires_claim(max_age = 300)",
            "requires_auth(max_age = 60)",
            Incomparable,
        ),
        (
            r#"requires_auth(acr = "a")"#,
            r#"requires_auth(acr = "b a")"#,
            Weaker,
        ),
        (
            r#"requires_claim(sub = "<id>") requires_scope("a")"#,
            r#"requires_scope("a")"#,
            Weaker,
        ),
        (
            "requires(Limit { least: 1, most: 5 })",
            "requires(Limit { least: 1, most: 5 }, Open)",
            Stricter,
        ),
        (
            "requires(Limit { least: 1, most: 5 })",
            "requires(Limit { least: 1, most: 9 })",
            Incomparable,
        ),
        (
            "requires(`Within::<A, B>::new()`)",
            "requires(`Within::<A, C>::new()`)",
            Incomparable,
        ),
        (
            "requires(`Separator(',')`)",
            "requires(`Separator(')')`)",
            Incomparable,
        ),
        (
            r#"requires_claim(x = "a, b)")"#,
            r#"requires_claim(x = "a, b)", y = 1)"#,
            Stricter,
        ),
    ];

    #[test]
    fn a_change_is_judged_by_who_gains_and_who_loses_access() {
        for (before, after, expected) in CASES {
            assert_eq!(strength(before, after), *expected, "{before} → {after}");
        }
    }

    #[test]
    fn policies_that_are_too_large_to_compare_are_incomparable() {
        let large = |last: &str| {
            let any = |index| format!("requires_scope(any(\"a{index}\", \"b{index}\"))");
            let all: Vec<_> = (0..13).map(any).chain([last.to_owned()]).collect();
            all.join(" ")
        };
        assert_eq!(
            strength(&large("requires(A)"), &large("requires(B)")),
            Incomparable
        );
    }

    /// Whether a caller that has these leaves meets the policy, without any of the code above.
    fn allows(policy: &PolicyText, has: &dyn Fn(&Condition) -> bool) -> bool {
        fn met(condition: &Condition, has: &dyn Fn(&Condition) -> bool) -> bool {
            match condition {
                Condition::Any(inner) => inner.iter().any(|condition| met(condition, has)),
                Condition::All(inner) | Condition::NotFound(inner) => {
                    inner.iter().all(|condition| met(condition, has))
                }
                Condition::ReportOnly(_) => true,
                leaf => has(leaf),
            }
        }
        match policy {
            PolicyText::Public => true,
            PolicyText::RefuseAll => false,
            PolicyText::Requires(conditions) => {
                conditions.iter().all(|condition| met(condition, has))
            }
        }
    }

    proptest! {
        #[test]
        fn the_verdict_agrees_with_trying_every_caller(
            before in arbitrary::small_policy(),
            after in arbitrary::small_policy(),
        ) {
            let leaves = arbitrary::small_leaves();
            let (mut gains, mut loses) = (false, false);
            // Without a token; then with each set of leaves, and each age and class of a login.
            let mut judge = |before: bool, after: bool| {
                gains |= after && !before;
                loses |= before && !after;
            };
            judge(before == PolicyText::Public, after == PolicyText::Public);
            for set in 0_u32..1 << leaves.len() {
                for age in [10, 100, 1000] {
                    for class in ["", "low", "high"] {
                        let has = |leaf: &Condition| match leaf {
                            Condition::MaxAge(limit) => age <= *limit,
                            Condition::Acr(classes) => {
                                scope::split(classes).any(|accepted| accepted == class)
                            }
                            leaf => leaves
                                .iter()
                                .position(|known| known == leaf)
                                .is_some_and(|index| set & (1 << index) != 0),
                        };
                        judge(allows(&before, &has), allows(&after, &has));
                    }
                }
            }
            let expected = match (gains, loses) {
                (false, false) => Equal,
                (true, false) => Weaker,
                (false, true) => Stricter,
                (true, true) => Incomparable,
            };
            prop_assert_eq!(Strength::compare(&before, &after), expected);
        }
    }
}
