//! Tests what a denial names: the unmet requirement, the scopes that would have helped, and the login
//! that is needed.

use serde_json::json;

use super::evaluate_tests::{Request, requires, token};
use super::requirement::Requirement;
use super::{Denial, Verdict};

const A: Requirement = Requirement::scope("a");
const B: Requirement = Requirement::scope("b");
const C: Requirement = Requirement::scope("c");
const ROLE: Requirement = Requirement::role("r");

#[test]
fn the_first_unmet_requirement_is_named() {
    let policy = requires(vec![A, B, C]);
    let unmet = |scope, all_report_only| {
        let mut facts = Request {
            all_report_only,
            ..Request::default()
        };
        policy.first_unmet(&token(&json!({ "scope": scope })), &mut facts)
    };
    assert_eq!(unmet("a", false), Some(B));
    assert_eq!(unmet("a b c", false), None);
    assert_eq!(unmet("", true), None);
}

#[test]
fn a_client_requests_the_scopes_of_first_alternatives_and_a_challenge_names_all_scopes() {
    let policy = requires(vec![
        A,
        ROLE,
        Requirement::any(const { &[Requirement::all(&[B, A]), Requirement::scope("d")] }),
        Requirement::not_found(const { &[C] }),
        Requirement::report_only(const { &[Requirement::scope("e")] }),
    ]);
    assert_eq!(policy.scopes_to_request(), ["a", "b", "c"]);
    assert_eq!(policy.all_scopes(), ["a", "b", "d", "c"]);
    assert!(requires(vec![ROLE]).all_scopes().is_empty());
    let nested = Requirement::any(const { &[A, B] });
    for group in [Requirement::all, Requirement::not_found] {
        let policy = requires(vec![group(vec![nested, C].leak())]);
        assert_eq!(policy.scopes_to_request(), ["a", "c"], "{policy}");
        assert_eq!(policy.all_scopes(), ["a", "b", "c"], "{policy}");
    }
}

#[test]
fn a_challenge_names_scopes_only_if_one_of_them_would_have_helped() {
    let groups = [
        Requirement::any(const { &[ROLE, A] }),
        Requirement::all(const { &[ROLE, A] }),
        Requirement::not_found(const { &[ROLE, A] }),
    ];
    for requirement in [A].into_iter().chain(groups) {
        let policy = requires(vec![B, requirement]);
        let helpful = |claims| policy.helpful_scopes(&token(&claims), &mut Request::default());
        assert_eq!(helpful(json!({ "scope": "b" })), ["b", "a"], "{policy}");
        assert!(
            helpful(json!({ "scope": "a b", "roles": ["r"] })).is_empty(),
            "{policy}"
        );
    }
    for policy in [
        requires(vec![A, ROLE]),
        requires(vec![groups[1]]),
        requires(vec![
            Requirement::report_only(const { &[B] }),
            Requirement::sender_constrained(),
        ]),
    ] {
        let token = token(&json!({ "scope": "a" }));
        assert!(
            policy
                .helpful_scopes(&token, &mut Request::default())
                .is_empty(),
            "{policy}"
        );
    }
}

#[test]
fn a_step_up_names_the_shortest_age_and_the_first_classes_that_are_not_met() {
    let policy = requires(vec![
        A,
        Requirement::max_age(300),
        Requirement::acr("low"),
        Requirement::max_age(60),
        Requirement::acr("high"),
        Requirement::max_age(100),
    ]);
    for (claims, classes) in [
        (json!({}), "low"),
        (json!({ "acr": "low" }), "high"),
        (json!({ "acr": "high" }), "low"),
    ] {
        let named = policy.step_up(&token(&claims));
        assert_eq!(named, (Some(60), Some(classes)), "{claims}");
    }
    let met = requires(vec![Requirement::acr("low high"), Requirement::acr("low")]);
    let low = token(&json!({ "acr": "low" }));
    assert_eq!(met.step_up(&low), (None, Some("low high")));
    assert_eq!(requires(vec![A]).step_up(&low), (None, None));
}

#[test]
fn a_token_is_bound_if_its_confirmation_names_a_known_key() {
    let policy = requires(vec![Requirement::sender_constrained()]);
    let thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    for (claims, is_bound) in [
        (json!({ "cnf": { "jkt": thumbprint } }), true),
        (json!({ "cnf": { "x5t#S256": thumbprint } }), true),
        (json!({ "cnf": { "jwk": {} } }), false),
        (json!({ "cnf": {} }), false),
        (json!({}), false),
    ] {
        let verdict = policy.evaluate(&token(&claims), &mut Request::default());
        if is_bound {
            assert!(matches!(verdict, Verdict::Allowed), "{claims}");
        } else {
            assert!(
                matches!(verdict, Verdict::Denied(Denial::Unbound)),
                "{claims}"
            );
        }
    }
}
