//! Reads a stricter configuration, by which accepted tokens are judged before it is in force.

use std::time::Duration;

use rocket::figment::value::{Dict, Value};

use super::algorithms::algorithms;
use super::key::{Key, OptionalKey, keys};
use super::names;
use super::reader::{Groups, Reader};
use super::tokens::{TokenType, at_jwt};
use super::values::{choice, positive_seconds, seconds};
use crate::jwks::Algorithm;

/// The rules that may come into force, and how many tokens are judged by them.
#[derive(Debug)]
pub(crate) struct ShadowSettings {
    pub(crate) audience: Option<Vec<String>>,
    pub(crate) algorithms: Option<Vec<Algorithm>>,
    pub(crate) token_type: Option<TokenType>,
    pub(crate) leeway: Option<Duration>,
    pub(crate) max_token_lifetime: Option<Duration>,
    pub(crate) requires_dpop: bool,
    pub(crate) requires_mtls: bool,
    /// The share of tokens that are judged, more than 0 and at most 1.
    pub(crate) sample: f64,
}

/// A mechanism that must be required.
#[derive(Clone, Copy, Debug)]
struct Required;

keys! {
    /// The table of a stricter configuration. Accepted tokens are also judged by it, and counted. It
    /// refuses nobody.
    SHADOW: OptionalKey<Dict> = ("shadow", Auth, "none", table);
}

mod candidate {
    use super::{
        Algorithm, Duration, Key, OptionalKey, Required, TokenType, algorithms, at_jwt, keys,
        names, positive_seconds, require, sample, seconds,
    };

    keys! {
        /// The accepted `aud`, one or a list, of every issuer.
        AUDIENCE: OptionalKey<Vec<String>> = ("audience", Auth, "that in force", names::names);

        /// The accepted `alg`, one or a list, of every issuer.
        ALGORITHMS: OptionalKey<Vec<Algorithm>> = ("algorithms", Auth, "those in force", algorithms);

        /// `"at+jwt"` requires tokens that follow RFC 9068.
        TOKEN_TYPE: OptionalKey<TokenType> = ("token_type", Auth, "that in force", at_jwt);

        /// The clock skew allowed for `exp` and `nbf`, in seconds.
        LEEWAY: OptionalKey<Duration> = ("leeway", Auth, "that in force", seconds);

        /// The longest time from `iat` to `exp`, in seconds. Both must be present.
        MAX_TOKEN_LIFETIME: OptionalKey<Duration> =
            ("max_token_lifetime", Auth, "that in force", positive_seconds);

        /// `"require"` refuses tokens that are not bound to a DPoP key.
        DPOP: OptionalKey<Required> = ("dpop", Auth, "that in force", require);

        /// `"require"` refuses tokens that are not bound to a client certificate.
        MTLS: OptionalKey<Required> = ("mtls", Auth, "that in force", require);

        /// The share of accepted tokens that are judged: `0.1` judges about one of ten.
        SAMPLE: Key<f64> = ("sample", Auth, "1", sample);
    }
}

/// The keys of the table.
pub(super) static CANDIDATE_GROUPS: Groups = &[candidate::KEYS];

/// Reads the table, if there is one.
pub(super) fn read(reader: &mut Reader) -> Option<ShadowSettings> {
    let settings = reader.table(&SHADOW, CANDIDATE_GROUPS, read_candidate)?;
    if settings.is_none() {
        reader.problem(
            &SHADOW,
            "it has no rule, so that there is nothing to judge: set `audience`, `algorithms`, \
             `token_type`, `leeway`, `max_token_lifetime`, `dpop` or `mtls` in it, or remove it",
        );
    }
    settings
}

/// Returns `None` if the table has no rule.
fn read_candidate(reader: &mut Reader) -> Option<ShadowSettings> {
    let mut rules = candidate::KEYS
        .iter()
        .filter(|row| row.name != candidate::SAMPLE.name);
    if !rules.any(|row| reader.is_set(row)) {
        return None;
    }
    Some(ShadowSettings {
        audience: reader.optional(&candidate::AUDIENCE),
        algorithms: reader.optional(&candidate::ALGORITHMS),
        token_type: reader.optional(&candidate::TOKEN_TYPE),
        leeway: reader.optional(&candidate::LEEWAY),
        max_token_lifetime: reader.optional(&candidate::MAX_TOKEN_LIFETIME),
        requires_dpop: reader.optional(&candidate::DPOP).is_some(),
        requires_mtls: reader.optional(&candidate::MTLS).is_some(),
        sample: reader.value(&candidate::SAMPLE),
    })
}

fn table(value: &Value) -> Result<Dict, String> {
    let table = value.as_dict().cloned();
    table.ok_or_else(|| "it must be a table, such as `[default.auth.shadow]`".to_owned())
}

fn require(value: &Value) -> Result<Required, String> {
    choice(value, &[("require", Required)])
}

fn sample(value: &Value) -> Result<f64, String> {
    let number = value.to_num().and_then(|number| {
        let whole = number.to_u128_lossy().filter(|whole| *whole <= 1);
        number
            .to_f64()
            .or(whole.map(|whole| if whole == 1 { 1.0 } else { 0.0 }))
    });
    match number {
        Some(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err("it must be a number that is more than 0 and at most 1".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_config::{BOTH, expect_beside, read};

    #[test]
    fn a_table_of_stricter_rules_is_read_and_everything_else_stays_as_it_is() {
        let keys = "shadow = { audience = 'b', algorithms = 'ES256', token_type = 'at+jwt', \
                    leeway = 0, max_token_lifetime = 60, dpop = 'require', mtls = 'require', \
                    sample = 0.1 }";
        let settings = read(&format!("{BOTH}{keys}")).unwrap();
        assert!(settings.bound_tokens.dpop.is_none() && settings.bound_tokens.mtls.is_none());
        let shadow = settings.shadow.unwrap();
        assert_eq!(shadow.audience.unwrap(), ["b"]);
        assert!(shadow.requires_dpop && shadow.requires_mtls);
        assert!((shadow.sample - 0.1).abs() < 1e-9);
        assert!(read(BOTH).unwrap().shadow.is_none());
    }

    #[test]
    fn a_problem_names_the_key_within_the_table() {
        let place = |key: &str| format!("`auth.shadow.{key}` (from Rocket.toml): ");
        for (keys, key, message) in [
            (
                "audiense = 'b'",
                "audiense",
                "there is no such key: did you mean `audience`?",
            ),
            ("dpop = 'allow'", "dpop", "it must be \"require\""),
            (
                "audience = 'b', sample = 0",
                "sample",
                "it must be a number that is more than 0 and at most 1",
            ),
            (
                "audience = 'b', sample = 1.5",
                "sample",
                "it must be a number that is more than 0 and at most 1",
            ),
        ] {
            expect_beside(
                &format!("shadow = {{ leeway = 0, {keys} }}"),
                &format!("{}{message}", place(key)),
            );
        }
        expect_beside(
            "shadow = 'b'",
            "`auth.shadow` (from Rocket.toml): it must be a table, such as \
             `[default.auth.shadow]`",
        );
    }

    #[test]
    fn a_table_without_a_rule_is_a_mistake() {
        for table in ["{ sample = 0.5 }", "{}"] {
            expect_beside(
                &format!("shadow = {table}"),
                "`auth.shadow` (from Rocket.toml): it has no rule, so that there is nothing to \
                 judge: set `audience`, `algorithms`, `token_type`, `leeway`, \
                 `max_token_lifetime`, `dpop` or `mtls` in it, or remove it",
            );
        }
    }
}
