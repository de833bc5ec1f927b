//! Expands a policy into alternatives: sets of leaves, each of which is enough to meet it.

use std::collections::BTreeSet;

use super::text::Condition;

/// Leaves that a caller has.
pub(crate) type Leaves<'c> = BTreeSet<&'c Condition>;

/// Returns the sets of leaves that meet all of these conditions. Every other set that meets them
/// contains one of these. Returns `None` if there are more than `max`.
pub(crate) fn alternatives(conditions: &[Condition], max: usize) -> Option<BTreeSet<Leaves<'_>>> {
    let mut product = BTreeSet::from([Leaves::new()]);
    for condition in conditions {
        let sets = sets(condition, max)?;
        if product.len() * sets.len() > max {
            return None;
        }
        product = product
            .iter()
            .flat_map(|set| sets.iter().map(move |more| set | more))
            .collect();
    }
    Some(product)
}

/// Returns the sets that meet this condition, or `None` if there are more than `max`.
fn sets(condition: &Condition, max: usize) -> Option<BTreeSet<Leaves<'_>>> {
    match condition {
        Condition::Any(inner) => {
            let mut union = BTreeSet::new();
            for condition in inner {
                union.extend(sets(condition, max)?);
            }
            (union.len() <= max).then_some(union)
        }
        Condition::All(inner) | Condition::NotFound(inner) => alternatives(inner, max),
        Condition::ReportOnly(_) => Some(BTreeSet::from([Leaves::new()])),
        leaf => Some(BTreeSet::from([Leaves::from([leaf])])),
    }
}

/// Returns the leaves that every caller needs, whichever alternative they meet.
#[cfg(any(feature = "check", feature = "openapi"))]
pub(crate) fn needed_by_all(conditions: &[Condition]) -> Leaves<'_> {
    conditions.iter().flat_map(needed).collect()
}

#[cfg(any(feature = "check", feature = "openapi"))]
fn needed(condition: &Condition) -> Leaves<'_> {
    match condition {
        Condition::Any(inner) => {
            let each = inner.iter().map(needed);
            each.reduce(|common, leaves| &common & &leaves)
                .unwrap_or_default()
        }
        Condition::All(inner) | Condition::NotFound(inner) => needed_by_all(inner),
        Condition::ReportOnly(_) => Leaves::new(),
        leaf => Leaves::from([leaf]),
    }
}
