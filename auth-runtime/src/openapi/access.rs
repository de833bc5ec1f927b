//! Describes the policy of one route for a document.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::schemes::Schemes;
use super::words;
use crate::markdown::code_span;
use crate::policy::{ClaimValue, Condition, Leaves, PolicyText, alternatives, needed_by_all};
use crate::routes::RoutePolicy;

/// The number of alternatives up to which a document lists them. Of a policy with more, it says what
/// every alternative needs, and has the text of the policy for the rest.
const MAX_ALTERNATIVES: usize = 32;

/// Who may call a route.
#[derive(Clone, Debug)]
pub(super) struct Access {
    /// The security requirements, any of which is enough. `None` if they are not known.
    pub(super) requirements: Option<Vec<Value>>,
    /// The same in words.
    pub(super) sentence: String,
    /// The entry of the route in the extension.
    pub(super) extension: Value,
}

impl Access {
    pub(super) fn new(route: &RoutePolicy, schemes: &Schemes) -> Self {
        let mut extension = Map::from_iter([
            ("route".to_owned(), route.to_string().into()),
            (
                "policy".to_owned(),
                route.policy().map(|policy| policy.to_string()).into(),
            ),
        ]);
        if let Some(format) = route.format() {
            extension.insert("format".to_owned(), format.into());
        }
        let (requirements, sentence) = match route.policy().map(PolicyText::from) {
            None => (
                None,
                "This route does not declare who may call it.".to_owned(),
            ),
            // An empty requirement would say that credentials are optional.
            Some(PolicyText::Public) => (Some(Vec::new()), "Anyone may call this.".to_owned()),
            Some(PolicyText::RefuseAll) => {
                let any = schemes.requirements(&[], false);
                (Some(any), words::sentence(&[]))
            }
            Some(PolicyText::Requires(conditions)) => {
                let (alternatives, is_complete) = known_alternatives(&conditions);
                let mut sentence = words::sentence(&alternatives);
                if is_complete {
                    let alternatives: Vec<_> = alternatives.iter().map(in_extension).collect();
                    extension.insert("alternatives".to_owned(), alternatives.into());
                } else {
                    let policy = code_span(&PolicyText::Requires(conditions.clone()).to_string());
                    sentence = format!("{sentence} There is more to it: {policy}");
                }
                (Some(requirements(&alternatives, schemes)), sentence)
            }
        };
        Self {
            requirements,
            sentence,
            extension: extension.into(),
        }
    }
}

/// Returns the alternatives of a policy, and whether they describe it completely. If there are too
/// many, the only alternative returned has what all of them have in common.
fn known_alternatives(conditions: &[Condition]) -> (Vec<Leaves<'_>>, bool) {
    match alternatives(conditions, MAX_ALTERNATIVES) {
        Some(sets) => {
            let all: Vec<_> = sets.into_iter().collect();
            let is_minimal = |set: &&Leaves<'_>| {
                let mut others = all.iter().filter(|other| other != set);
                !others.any(|other| other.is_subset(set))
            };
            (all.iter().filter(is_minimal).cloned().collect(), true)
        }
        None => (vec![needed_by_all(conditions)], false),
    }
}

/// Returns one requirement for each alternative, as far as OpenAPI can express it, without
/// repetitions.
fn requirements(alternatives: &[Leaves<'_>], schemes: &Schemes) -> Vec<Value> {
    let mut all = Vec::new();
    for leaves in alternatives {
        let scopes: Vec<_> = leaves.iter().filter_map(|leaf| scope(leaf)).collect();
        let is_bound = leaves.contains(&Condition::SenderConstrained);
        for requirement in schemes.requirements(&scopes, is_bound) {
            if !all.contains(&requirement) {
                all.push(requirement);
            }
        }
    }
    if all.is_empty() {
        // A bound token is required before the configuration is known that can bind it.
        return schemes.requirements(&[], false);
    }
    all
}

fn scope(leaf: &Condition) -> Option<&str> {
    match leaf {
        Condition::Scope(scope) => Some(scope),
        _ => None,
    }
}

/// Returns an alternative as an object whose members are lists, by the kind of the requirement.
fn in_extension(leaves: &Leaves<'_>) -> Value {
    let mut lists: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut object = Map::new();
    for leaf in leaves {
        let (list, value) = match leaf {
            Condition::Scope(scope) => ("scopes", json!(scope)),
            Condition::Permission(permission) => ("permissions", json!(permission)),
            Condition::Role(role) => ("roles", json!(role)),
            Condition::Rule(rule) => ("rules", json!(rule)),
            Condition::Acr(classes) => ("acr", json!(classes)),
            Condition::Claim { name, value } => {
                let value = match value {
                    ClaimValue::Text(text) => json!(text),
                    ClaimValue::Integer(number) => json!(number),
                    ClaimValue::Bool(flag) => json!(flag),
                };
                ("claims", json!({ "name": name, "value": value }))
            }
            Condition::Owner { claim, parameter } => {
                ("claims", json!({ "name": claim, "parameter": parameter }))
            }
            Condition::MaxAge(seconds) => {
                // The shortest of several comes first.
                object.entry("max_age").or_insert(json!(seconds));
                continue;
            }
            Condition::SenderConstrained => {
                object.insert("sender_constrained".to_owned(), json!(true));
                continue;
            }
            Condition::Any(_)
            | Condition::All(_)
            | Condition::NotFound(_)
            | Condition::ReportOnly(_) => continue,
        };
        lists.entry(list).or_default().push(value);
    }
    object.extend(
        lists
            .into_iter()
            .map(|(name, list)| (name.to_owned(), list.into())),
    );
    object.into()
}
