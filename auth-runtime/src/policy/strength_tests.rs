//! Tests the verdicts on pairs of policies, and compares them with brute force.

use proptest::prelude::*;

use super::strength::Strength;
use super::strength::Strength::{Equal, Incomparable, Stricter, Weaker};
use super::text::{Condition, PolicyText};
use crate::policy::text::arbitrary;
use crate::token::scope;

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
        r#"requires_auth(acr = "a")"#,
        r#"requires_auth(acr = "b")"#,
        Incomparable,
    ),
    (
        r#"requires_auth(acr = "a") requires_auth(acr = "b")"#,
        "refuses everyone",
        Equal,
    ),
    (
        r#"requires(any(auth(acr = "a"), auth(acr = "b")))"#,
        r#"requires_auth(acr = "a b")"#,
        Equal,
    ),
    (
        r#"requires(any(auth(acr = "a"), all(auth(acr = "b"), scope("a"))))"#,
        r#"requires_auth(acr = "a b")"#,
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

/// Returns whether a caller that has these leaves meets the policy, without any of the code above.
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
        PolicyText::Requires(conditions) => conditions.iter().all(|condition| met(condition, has)),
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
        // The callers are one without a token, and one for each set of leaves with each age and class
        // of a login.
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
