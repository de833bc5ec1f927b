use proptest::prelude::*;

use super::{Condition, PolicyText, arbitrary};
use crate::policy::Policy;
use crate::policy::requirement::{Literal, Parameter, Requirement};

const fn parameter(name: &'static str) -> Parameter {
    Parameter {
        name,
        parse: |segment| Some(segment.to_owned()),
    }
}

const A: Requirement = Requirement::scope("a");
const B: Requirement = Requirement::scope("b");
const C: Requirement = Requirement::scope("c");
const OWNER: Requirement = Requirement::owner("sub", parameter("id"));
const MIXED: Requirement =
    Requirement::any(&[Requirement::all(&[A, B]), OWNER, Requirement::role("r")]);

const NESTED: Policy = Policy::requires(&[Requirement::any(&[A, Requirement::all(&[B, C])])]);
const OF_SEVERAL_KINDS: Policy =
    Policy::requires(&[MIXED, Requirement::not_found(&[C, OWNER]), A, MIXED]);
const FLAGGED: Policy = Policy::requires(&[
    A,
    Requirement::role("admin"),
    Requirement::claim("https://example.com/tenant", Literal::Text("acme")),
    Requirement::not_found(&[OWNER]),
    Requirement::report_only(&[Requirement::not_found(&[B, C])]),
    Requirement::max_age(300),
]);

#[test]
fn a_policy_is_displayed_like_its_attributes() {
    for (policy, text) in [
        (Policy::PUBLIC, "public"),
        (Policy::REFUSE_ALL, "refuses everyone"),
        (Policy::requires(&[]), "requires_auth"),
        (Policy::requires(&[A, B]), r#"requires_scope("a", "b")"#),
        (NESTED, r#"requires_scope(any("a", all("b", "c")))"#),
        (
            FLAGGED,
            r#"requires_scope("a") requires_role("admin") requires_claim("https://example.com/tenant" = "acme") requires_claim(sub = "<id>", not_found) requires_scope("b", "c", not_found, report_only) requires_auth(max_age = 300)"#,
        ),
        (
            OF_SEVERAL_KINDS,
            r#"requires(any(all(scope("a"), scope("b")), claim(sub = "<id>"), role("r"))) requires(scope("c"), claim(sub = "<id>"), not_found) requires_scope("a") requires(any(all(scope("a"), scope("b")), claim(sub = "<id>"), role("r")))"#,
        ),
    ] {
        assert_eq!(policy.to_string(), text);
        assert_eq!(PolicyText::parse(text), Some(PolicyText::from(policy)));
    }
}

#[test]
fn a_requirement_is_displayed_as_one_attribute() {
    assert_eq!(A.to_string(), r#"requires_scope("a")"#);
    assert_eq!(
        Requirement::not_found(const { &[A, B] }).to_string(),
        r#"requires_scope("a", "b", not_found)"#
    );
}

#[test]
fn special_characters_are_escaped_and_parsed_back() {
    let special = "\n\r\t\0\\\"'`\u{301}\u{200b}";
    for (condition, text) in [
        (
            Condition::Permission(special.to_owned()),
            r#"requires_permission("\n\r\t\0\\\"'`\u{301}\u{200b}")"#,
        ),
        (
            Condition::Rule(special.to_owned()),
            r#"requires(`\n\r\t\0\\"'\`\u{301}\u{200b}`)"#,
        ),
    ] {
        let policy = PolicyText::Requires(vec![condition]);
        assert_eq!(policy.to_string(), text);
        assert_eq!(PolicyText::parse(text), Some(policy));
    }
}

#[test]
fn text_that_is_not_a_policy_is_not_parsed() {
    for text in [
        "",
        "Public",
        "requires_scope",
        "requires_scope()",
        "requires_scope(not_found)",
        "requires_claim(report_only)",
        "requires(not_found, report_only)",
        "requires_scope(\"a\"",
        "requires_scope(\"a\") ",
        "requires_scope(\"a\",\"b\")",
        "requires_scope(a)",
        "requires_scope(\"a\\x\")",
        "requires_claim(sub = \"<a b>\")",
        "requires_claim(= 1)",
        "requires_auth(max_age = x)",
        "requires_other(\"a\")",
        "requires(A))",
        "requires(`A)",
    ] {
        assert_eq!(PolicyText::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_policy_is_parsed_as_it_was_printed(policy in arbitrary::policy()) {
        let text = policy.to_string();
        prop_assert!(!text.contains('\n'), "{text}");
        let parsed = PolicyText::parse(&text);
        prop_assert_eq!(parsed.as_ref(), Some(&policy), "{}", text);
    }

    #[test]
    fn a_parsed_policy_prints_as_the_same_policy(text in "\\PC{0,20}") {
        if let Some(policy) = PolicyText::parse(&text) {
            prop_assert_eq!(PolicyText::parse(&policy.to_string()), Some(policy));
        }
    }
}
