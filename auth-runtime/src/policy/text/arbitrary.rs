//! Generates policies for property tests.

use proptest::prelude::*;

use super::{ClaimValue, Condition, PolicyText};

/// Returns any policy that the macros can create.
pub(crate) fn policy() -> impl Strategy<Value = PolicyText> {
    policy_over(leaf().boxed())
}

/// Returns a policy over [`small_leaves`], a few ages and a few classes.
pub(crate) fn small_policy() -> impl Strategy<Value = PolicyText> {
    let login = prop_oneof![
        Just(Condition::MaxAge(10)),
        Just(Condition::MaxAge(100)),
        Just(Condition::Acr("low".to_owned())),
        Just(Condition::Acr("high".to_owned())),
        Just(Condition::Acr("low high".to_owned())),
    ];
    let leaf = prop_oneof![3 => proptest::sample::select(small_leaves()), 1 => login];
    policy_over(leaf.boxed())
}

/// Returns one leaf of each independent kind.
pub(crate) fn small_leaves() -> Vec<Condition> {
    vec![
        Condition::Scope("a".to_owned()),
        Condition::Permission("a".to_owned()),
        Condition::Role("a".to_owned()),
        Condition::Claim {
            name: "a".to_owned(),
            value: ClaimValue::Integer(1),
        },
        Condition::Owner {
            claim: "a".to_owned(),
            parameter: "a".to_owned(),
        },
        Condition::Rule("A".to_owned()),
        Condition::SenderConstrained,
    ]
}

fn policy_over(leaf: BoxedStrategy<Condition>) -> impl Strategy<Value = PolicyText> {
    let condition = leaf.prop_recursive(3, 8, 3, |inner| {
        let group = proptest::collection::vec(inner, 1..4);
        prop_oneof![
            group.clone().prop_map(Condition::Any),
            group.prop_map(Condition::All),
        ]
    });
    let flagged = (proptest::collection::vec(condition.clone(), 1..3), 1_u8..4).prop_map(
        |(mut conditions, flags)| {
            if flags & 1 != 0 {
                conditions = vec![Condition::NotFound(conditions)];
            }
            if flags & 2 != 0 {
                conditions = vec![Condition::ReportOnly(conditions)];
            }
            conditions.remove(0)
        },
    );
    let requirement = prop_oneof![3 => condition, 1 => flagged];
    prop_oneof![
        1 => Just(PolicyText::Public),
        1 => Just(PolicyText::RefuseAll),
        8 => proptest::collection::vec(requirement, 0..4).prop_map(PolicyText::Requires),
    ]
}

fn leaf() -> impl Strategy<Value = Condition> {
    let text = || "\\PC{0,6}|[\"\\\\<>`', ()\n\t\u{301}\u{200b}a]{0,6}";
    let name = || {
        prop_oneof![
            "[a-z_]{1,6}",
            Just("max_age".to_owned()),
            Just("any".to_owned()),
            Just("not_found".to_owned()),
            "\\PC{0,6}",
        ]
    };
    let value = prop_oneof![
        text().prop_map(ClaimValue::Text),
        Just(ClaimValue::Text("<id>".to_owned())),
        any::<i64>().prop_map(ClaimValue::Integer),
        any::<bool>().prop_map(ClaimValue::Bool),
    ];
    let rule = prop_oneof![
        "[A-Z][a-z]{0,4}(::[a-z]{1,4})?(\\([0-9, ]{0,4}\\))?",
        proptest::sample::select(vec![
            "any",
            "all(A)",
            "not_found",
            "report_only",
            "scope(\"a\")",
            "A::<B, C>::new()",
            "A(',')",
            "A(b')')",
            "A(r\"\\\")",
            "A(\"a\nb\")",
            "A { b: [1, 2], c: \"d, )\" }",
            "-A",
        ])
        .prop_map(str::to_owned),
        "\\PC{1,8}",
    ];
    prop_oneof![
        "[!#-\\[\\]-~]{1,6}".prop_map(Condition::Scope),
        text().prop_map(Condition::Permission),
        text().prop_map(Condition::Role),
        (name(), value).prop_map(|(name, value)| Condition::Claim { name, value }),
        (name(), "[a-z_]{1,6}")
            .prop_map(|(claim, parameter)| Condition::Owner { claim, parameter }),
        any::<u64>().prop_map(Condition::MaxAge),
        Just(Condition::SenderConstrained),
        "[!#-\\[\\]-~]{1,6}".prop_map(Condition::Acr),
        rule.prop_map(Condition::Rule),
    ]
}
