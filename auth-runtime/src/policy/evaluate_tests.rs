//! Tests the truth table of single requirements, and compares every tree of groups of depth three
//! with brute force.

use serde_json::{Value, json};

use super::requirement::{Literal, Parameter, Requirement};
use super::{Answer, Custom, Denial, Facts, Policy, Verdict};
use crate::token::{AccessToken, ClaimNames};

/// Facts of a request: `<id>` is 7, the time is 1000, and the application gives one answer.
#[derive(Default)]
pub(super) struct Request {
    pub(super) answer: Option<Answer>,
    pub(super) all_report_only: bool,
    pub(super) reports: usize,
}

impl Facts for Request {
    fn parameter(&self, name: &str) -> Option<&str> {
        (name == "id").then_some("07")
    }

    fn now(&self) -> f64 {
        1000.0
    }

    fn leeway(&self) -> f64 {
        10.0
    }

    fn answer(&self, _: usize) -> Option<Answer> {
        self.answer
    }

    fn all_report_only(&self) -> bool {
        self.all_report_only
    }

    fn report(&mut self, _: &Requirement) {
        self.reports += 1;
    }
}

/// `Verdict` without the requirement that it asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Allowed,
    Forbidden,
    NotFound,
    StepUp,
    Unbound,
    Failed,
    Asked,
}

fn outcome(policy: Policy, token: &AccessToken, facts: &mut Request) -> Outcome {
    match policy.evaluate(token, facts) {
        Verdict::Allowed => Outcome::Allowed,
        Verdict::Denied(Denial::Forbidden) => Outcome::Forbidden,
        Verdict::Denied(Denial::NotFound) => Outcome::NotFound,
        Verdict::Denied(Denial::StepUp) => Outcome::StepUp,
        Verdict::Denied(Denial::Unbound) => Outcome::Unbound,
        Verdict::Failed => Outcome::Failed,
        Verdict::Ask(_) => Outcome::Asked,
    }
}

pub(super) fn token(claims: &Value) -> AccessToken {
    AccessToken::unchecked(claims.to_string(), &ClaimNames::default()).expect("claims of a token")
}

pub(super) fn requires(requirements: Vec<Requirement>) -> Policy {
    Policy::requires(requirements.leak())
}

const RULE: Requirement = Requirement::custom(Custom {
    name: "RULE",
    rule: &(),
    type_of: |_| None,
});

const ID: Parameter = Parameter {
    name: "id",
    parse: |segment| Some(segment.parse::<u64>().ok()?.to_string()),
};
const OWNER: Requirement = Requirement::owner("sub", ID);
const OWNER_OF_X: Requirement = Requirement::owner("x", ID);

fn assert_outcomes(cases: impl IntoIterator<Item = (Requirement, Value, Outcome)>) {
    for (requirement, claims, expected) in cases {
        let policy = requires(vec![requirement]);
        let got = outcome(policy, &token(&claims), &mut Request::default());
        assert_eq!(got, expected, "{policy} with {claims}");
    }
}

#[test]
fn grants_and_logins_have_their_truth_table() {
    use Outcome::{Allowed, Forbidden, StepUp};
    assert_outcomes([
        (Requirement::scope("a"), json!({ "scope": "b a" }), Allowed),
        (
            Requirement::scope("a"),
            json!({ "scope": "aa A" }),
            Forbidden,
        ),
        (
            Requirement::scope("a"),
            json!({ "permissions": ["a"] }),
            Forbidden,
        ),
        (
            Requirement::permission("a"),
            json!({ "permissions": ["a"] }),
            Allowed,
        ),
        (
            Requirement::permission("a"),
            json!({ "scope": "a" }),
            Forbidden,
        ),
        (
            Requirement::role("a"),
            json!({ "roles": ["b", "a"] }),
            Allowed,
        ),
        (
            Requirement::role("a"),
            json!({ "roles": ["a", 1] }),
            Forbidden,
        ),
        (
            Requirement::max_age(100),
            json!({ "auth_time": 890 }),
            Allowed,
        ),
        (
            Requirement::max_age(100),
            json!({ "auth_time": 889 }),
            StepUp,
        ),
        (
            Requirement::max_age(100),
            json!({ "auth_time": 1010 }),
            Allowed,
        ),
        (
            Requirement::max_age(100),
            json!({ "auth_time": 1011 }),
            StepUp,
        ),
        (
            Requirement::max_age(100),
            json!({ "auth_time": "950" }),
            StepUp,
        ),
        (Requirement::max_age(100), json!({}), StepUp),
        (
            Requirement::acr("low high"),
            json!({ "acr": "high" }),
            Allowed,
        ),
        (
            Requirement::acr("low high"),
            json!({ "acr": "low high" }),
            StepUp,
        ),
        (Requirement::acr("low"), json!({ "acr": ["low"] }), StepUp),
    ]);
}

#[test]
fn claims_and_owners_have_their_truth_table() {
    use Outcome::{Allowed, Forbidden};
    let claim = |value| Requirement::claim("x", value);
    let subject = Requirement::claim("sub", Literal::Text("a"));
    assert_outcomes([
        (claim(Literal::Text("a")), json!({ "x": "a" }), Allowed),
        (
            claim(Literal::Text("a")),
            json!({ "x": ["b", "a"] }),
            Allowed,
        ),
        (claim(Literal::Text("1")), json!({ "x": 1 }), Forbidden),
        (subject, json!({ "sub": "a" }), Allowed),
        (subject, json!({ "sub": "b" }), Forbidden),
        (subject, json!({ "sub": ["a"] }), Forbidden),
        (claim(Literal::Text("a")), json!({}), Forbidden),
        (claim(Literal::Integer(1)), json!({ "x": 1 }), Allowed),
        (claim(Literal::Integer(1)), json!({ "x": "1" }), Forbidden),
        (claim(Literal::Bool(true)), json!({ "x": true }), Allowed),
        (
            claim(Literal::Bool(true)),
            json!({ "x": "true" }),
            Forbidden,
        ),
        // The path has `07`, which the handler's type displays as 7.
        (OWNER, json!({ "sub": "7" }), Allowed),
        (OWNER, json!({ "sub": "07" }), Forbidden),
        (OWNER, json!({}), Forbidden),
        (OWNER_OF_X, json!({ "x": "7", "sub": "8" }), Allowed),
        (OWNER_OF_X, json!({ "x": 7 }), Allowed),
        (OWNER_OF_X, json!({ "x": "8", "sub": "7" }), Forbidden),
        (OWNER_OF_X, json!({ "x": 8 }), Forbidden),
        (OWNER_OF_X, json!({ "x": 7.5 }), Forbidden),
        (OWNER_OF_X, json!({ "x": ["7"] }), Forbidden),
    ]);
}

#[test]
fn public_allows_and_refuse_all_refuses_every_token() {
    let (token, mut facts) = (token(&json!({})), Request::default());
    assert_eq!(
        outcome(Policy::PUBLIC, &token, &mut facts),
        Outcome::Allowed
    );
    assert_eq!(
        outcome(Policy::REFUSE_ALL, &token, &mut facts),
        Outcome::Forbidden
    );
    assert_eq!(
        outcome(requires(vec![]), &token, &mut facts),
        Outcome::Allowed
    );
}

#[test]
fn a_rule_is_asked_only_if_it_can_decide() {
    let has_a = token(&json!({ "scope": "a" }));
    let has_none = token(&json!({}));
    let a = Requirement::scope("a");
    let either = requires(vec![Requirement::any(vec![a, RULE].leak())]);
    let both = requires(vec![a, RULE]);
    for (policy, token, expected) in [
        (either, &has_a, Outcome::Allowed),
        (either, &has_none, Outcome::Asked),
        (both, &has_a, Outcome::Asked),
        (both, &has_none, Outcome::Forbidden),
    ] {
        assert_eq!(
            outcome(policy, token, &mut Request::default()),
            expected,
            "{policy}"
        );
    }
    let failed = || Request {
        answer: Some(Answer::Failed),
        ..Request::default()
    };
    assert_eq!(outcome(both, &has_a, &mut failed()), Outcome::Failed);
    assert_eq!(outcome(either, &has_none, &mut failed()), Outcome::Failed);
    assert_eq!(outcome(either, &has_a, &mut failed()), Outcome::Allowed);
}

#[test]
fn a_login_is_never_report_only() {
    let policy = requires(vec![Requirement::max_age(1), Requirement::scope("a")]);
    let mut facts = Request {
        all_report_only: true,
        ..Request::default()
    };
    let recent = token(&json!({ "auth_time": 1000 }));
    assert_eq!(outcome(policy, &recent, &mut facts), Outcome::Allowed);
    assert_eq!(facts.reports, 1);
    assert_eq!(
        outcome(policy, &token(&json!({})), &mut facts),
        Outcome::StepUp
    );
}

/// A tree of groups as the test sees it.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(usize),
    Any(Vec<Self>),
    All(Vec<Self>),
}

const LEAVES: [&str; 3] = ["a", "b", "c"];

/// Returns every tree of this depth whose groups have one or two members.
fn trees(depth: usize) -> Vec<Tree> {
    let mut trees: Vec<Tree> = (0..LEAVES.len()).map(Tree::Leaf).collect();
    if depth == 1 {
        return trees;
    }
    let inner = self::trees(depth - 1);
    for (index, first) in inner.iter().enumerate() {
        trees.push(Tree::Any(vec![first.clone()]));
        trees.push(Tree::All(vec![first.clone()]));
        for second in inner.iter().skip(index) {
            trees.push(Tree::Any(vec![first.clone(), second.clone()]));
            trees.push(Tree::All(vec![first.clone(), second.clone()]));
        }
    }
    trees
}

impl Tree {
    fn requirement(&self) -> Requirement {
        let inner = |trees: &[Self]| -> &'static [Requirement] {
            trees
                .iter()
                .map(Self::requirement)
                .collect::<Vec<_>>()
                .leak()
        };
        match self {
            Self::Leaf(index) => Requirement::scope(LEAVES[*index]),
            Self::Any(trees) => Requirement::any(inner(trees)),
            Self::All(trees) => Requirement::all(inner(trees)),
        }
    }

    /// Returns whether a token with this set of scopes meets the tree.
    fn holds(&self, set: usize) -> bool {
        match self {
            Self::Leaf(index) => set & (1 << index) != 0,
            Self::Any(trees) => trees.iter().any(|tree| tree.holds(set)),
            Self::All(trees) => trees.iter().all(|tree| tree.holds(set)),
        }
    }
}

#[test]
fn every_tree_of_depth_three_agrees_with_brute_force_under_every_flag() {
    let tokens: Vec<AccessToken> = (0..1 << LEAVES.len())
        .map(|set| {
            let scopes = LEAVES.iter().enumerate();
            let scopes = scopes.filter(|(index, _)| set & (1 << index) != 0);
            let scopes: Vec<_> = scopes.map(|(_, scope)| *scope).collect();
            token(&json!({ "scope": scopes.join(" ") }))
        })
        .collect();
    let trees = trees(3);
    assert_eq!(trees.len(), 507);
    for tree in trees {
        let inner: &'static [Requirement] = vec![tree.requirement()].leak();
        let not_found: &'static [Requirement] = vec![Requirement::not_found(inner)].leak();
        let both = Requirement::report_only(not_found);
        let refusals = [
            (Policy::requires(inner), Some(Outcome::Forbidden)),
            (Policy::requires(not_found), Some(Outcome::NotFound)),
            (requires(vec![Requirement::report_only(inner)]), None),
            (requires(vec![both]), None),
        ];
        for (set, token) in tokens.iter().enumerate() {
            let holds = tree.holds(set);
            for (policy, refusal) in refusals {
                for all_report_only in [false, true] {
                    let mut facts = Request {
                        all_report_only,
                        ..Request::default()
                    };
                    let refusal = refusal.filter(|_| !all_report_only);
                    let expected = if holds {
                        Outcome::Allowed
                    } else {
                        refusal.unwrap_or(Outcome::Allowed)
                    };
                    assert_eq!(
                        outcome(policy, token, &mut facts),
                        expected,
                        "{policy}: {set}"
                    );
                    let is_reported = !holds && refusal.is_none();
                    assert_eq!(facts.reports > 0, is_reported, "{policy}: {set}");
                }
            }
        }
    }
}
