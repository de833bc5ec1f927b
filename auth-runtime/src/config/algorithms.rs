//! Reads the names of signature algorithms.

use rocket::figment::value::Value;

use super::values::texts;
use crate::jwks::Algorithm;

/// Reads one algorithm of public keys, or a list of them.
pub(super) fn algorithms(value: &Value) -> Result<Vec<Algorithm>, String> {
    let names = texts(value)?;
    names.iter().map(|name| algorithm(name)).collect()
}

fn algorithm(name: &str) -> Result<Algorithm, String> {
    match name.parse::<Algorithm>() {
        Ok(algorithm) if algorithm.is_asymmetric() => Ok(algorithm),
        _ => Err(unacceptable(name)),
    }
}

fn unacceptable(name: &str) -> String {
    let why = if name.eq_ignore_ascii_case("none") {
        "would accept tokens without a signature"
    } else if name.starts_with("HS") {
        "works only with a shared secret (`secret`), which a key set cannot hold"
    } else {
        "is unknown"
    };
    format!(
        "`{name}` {why}: choose from RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA"
    )
}
