//! Sets claims in the payload of a token.

use serde_json::{Map, Value, json};

/// Sets the claim with this name, or the one to which a JSON pointer leads.
pub(crate) fn set_claim(claims: &mut Map<String, Value>, name: &str, value: Value) {
    let Some(pointer) = name.strip_prefix('/') else {
        claims.insert(name.to_owned(), value);
        return;
    };
    let mut steps: Vec<String> = pointer
        .split('/')
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect();
    let Some(last) = steps.pop() else { return };
    let mut object = claims;
    for step in steps {
        let next = object.entry(step).or_insert_with(|| json!({}));
        match next {
            Value::Object(next) => object = next,
            _ => return,
        }
    }
    object.insert(last, value);
}
