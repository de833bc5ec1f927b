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

#[cfg(test)]
mod tests {
    use super::super::text::PolicyText;
    use super::*;

    fn conditions(policy: &str) -> Vec<Condition> {
        match PolicyText::parse(policy) {
            Some(PolicyText::Requires(conditions)) => conditions,
            other => panic!("{policy} is parsed as {other:?}"),
        }
    }

    #[test]
    fn alternatives_are_counted_before_they_are_built() {
        let nine = conditions(r#"requires_scope(any("a", "b", "c"), any("d", "e", "f"))"#);
        assert_eq!(alternatives(&nine, 9).map(|sets| sets.len()), Some(9));
        assert_eq!(alternatives(&nine, 8), None);
        let three = conditions(r#"requires_scope(any("a", "b", "c"))"#);
        assert_eq!(alternatives(&three, 3).map(|sets| sets.len()), Some(3));
        assert_eq!(alternatives(&three, 2), None);
    }

    #[cfg(any(feature = "check", feature = "openapi"))]
    #[test]
    fn all_callers_need_what_all_alternatives_have_in_common() {
        let conditions = conditions(
            r#"requires_scope("a", any(all("b", "c"), all("b", "d"), "b"), all("e", any("f", "g"))) requires_scope("h", report_only)"#,
        );
        let needed: Vec<_> = needed_by_all(&conditions).into_iter().collect();
        let scopes = ["a", "b", "e"].map(|scope| Condition::Scope(scope.to_owned()));
        assert_eq!(needed, scopes.iter().collect::<Vec<_>>());
    }
}
