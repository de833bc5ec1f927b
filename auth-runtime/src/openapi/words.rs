//! Describes a policy in words, for people who call the API and do not know our attributes.

use crate::markdown::code_span;
use crate::policy::{ClaimValue, Condition, Leaves};
use crate::token::scope;

/// Describes in Markdown who may call an operation.
pub(super) fn sentence(alternatives: &[Leaves<'_>]) -> String {
    let mut alternatives: Vec<_> = alternatives.iter().map(requirements).collect();
    alternatives.dedup();
    match &*alternatives {
        [] => "Every request is refused.".to_owned(),
        [only] => format!("Requires an access token{only}."),
        several => {
            let items: Vec<_> = several
                .iter()
                .map(|requirements| format!("\n- one{requirements}"))
                .collect();
            format!(
                "Requires an access token, which can be:\n{}",
                items.concat()
            )
        }
    }
}

/// Returns what a token needs to have, such as ` with the scope …`.
fn requirements(leaves: &Leaves<'_>) -> String {
    let words: Vec<_> = leaves.iter().map(|leaf| words_for(leaf)).collect();
    match &*words {
        [] => String::new(),
        [only] => format!(" with {only}"),
        [first @ .., last] => format!(" with {} and {last}", first.join(", ")),
    }
}

fn words_for(leaf: &Condition) -> String {
    match leaf {
        Condition::Scope(scope) => format!("the scope {}", code_span(scope)),
        Condition::Permission(permission) => format!("the permission {}", code_span(permission)),
        Condition::Role(role) => format!("the role {}", code_span(role)),
        Condition::Claim { name, value } => {
            let value = match value {
                ClaimValue::Text(text) => code_span(&format!("{text:?}")),
                ClaimValue::Integer(number) => code_span(&number.to_string()),
                ClaimValue::Bool(flag) => code_span(&flag.to_string()),
            };
            format!("the claim {} of the value {value}", code_span(name))
        }
        Condition::Owner { claim, parameter } => format!(
            "a claim {} that equals the path parameter {}",
            code_span(claim),
            code_span(parameter)
        ),
        Condition::MaxAge(seconds) => format!("a login at most {seconds} seconds ago"),
        Condition::Acr(classes) => {
            let classes: Vec<_> = scope::split(classes).map(code_span).collect();
            format!("a login of the class {}", classes.join(" or "))
        }
        Condition::SenderConstrained => "a key that the client proves to have".to_owned(),
        Condition::Rule(rule) => format!("the consent of the rule {}", code_span(rule)),
        // These are not leaves: an alternative does not have them.
        Condition::Any(_)
        | Condition::All(_)
        | Condition::NotFound(_)
        | Condition::ReportOnly(_) => String::new(),
    }
}
