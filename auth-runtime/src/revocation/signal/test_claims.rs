//! Checks claims of signals in tests.

use serde_json::Value;

use super::Expected;

/// The values that the signals of the tests are checked against.
pub(super) const EXPECTED: Expected<'_> = Expected {
    audience: "api",
    leeway: 5.0,
    keep: 1000,
    now: 10_000.0,
};

/// Returns the claims with one of them changed. `null` removes the claim.
pub(super) fn changed(mut claims: Value, name: &str, value: Value) -> Value {
    let object = claims.as_object_mut().unwrap();
    if value.is_null() {
        object.remove(name);
    } else {
        object.insert(name.to_owned(), value);
    }
    claims
}
