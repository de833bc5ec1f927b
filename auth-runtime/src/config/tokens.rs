//! Configures what a token must be like, and which of its claims hold grants.

use std::time::Duration;

use rocket::figment::value::Value;

use super::key::{Key, OptionalKey, keys};
use super::reader::Reader;
use super::values::{bytes, seconds, text, texts};
use crate::token::{ClaimNames, ClaimPath};

/// The settings for the tokens of all issuers.
#[derive(Debug)]
pub(crate) struct TokenSettings {
    /// The clock skew that is allowed.
    pub(crate) leeway: Duration,
    /// The type that a token must have, if any is required.
    pub(crate) token_type: Option<TokenType>,
    pub(crate) claim_names: ClaimNames,
    /// The number of bytes that the cache of verified tokens may take.
    pub(crate) cache_bytes: u64,
}

/// A type of tokens (`typ`) that can be required.
///
/// [Configuration](crate::guide::configuration#whose-tokens-are-accepted) describes the key
/// `token_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenType {
    /// `at+jwt`: tokens follow RFC 9068, in their type and in the claims `sub`, `client_id`, `jti` and
    /// `iat`.
    AtJwt,
}

impl TokenType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AtJwt => "at+jwt",
        }
    }
}

keys! {
    /// The clock skew allowed for `exp`, `nbf` and `auth_time`, in seconds.
    LEEWAY: Key<Duration> = ("leeway", Auth, "0", seconds);

    /// `"at+jwt"` requires tokens that follow RFC 9068: the `typ` of their header, and the claims
    /// `sub`, `client_id`, `jti` and `iat`.
    TOKEN_TYPE: OptionalKey<TokenType> = ("token_type", Auth,
        "none: `JWT`, `at+jwt` and tokens without a type are accepted", at_jwt);

    /// The claims that hold scopes, one or a list. Each is a string of scopes separated by spaces,
    /// or a list of strings. A token has the scopes of all of them.
    SCOPE_CLAIMS: Key<Vec<String>> = ("scope_claims", Auth, "[\"scope\", \"scp\"]", claim_paths);

    /// The claim that holds permissions, for `#[requires_permission]`.
    PERMISSIONS_CLAIM: Key<String> = ("permissions_claim", Auth, "\"permissions\"", claim_path);

    /// The claim that holds roles, for `#[requires_role]`.
    ROLES_CLAIM: Key<String> = ("roles_claim", Auth, "\"roles\"", claim_path);

    /// The size of the cache of verified tokens, as Rocket writes sizes. `0` turns it off.
    TOKEN_CACHE: Key<u64> = ("token_cache", Auth, "\"16 MiB\"", bytes);
}

impl TokenSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            leeway: reader.value(&LEEWAY),
            token_type: reader.optional(&TOKEN_TYPE),
            claim_names: ClaimNames {
                scopes: reader.value(&SCOPE_CLAIMS),
                permissions: reader.value(&PERMISSIONS_CLAIM),
                roles: reader.value(&ROLES_CLAIM),
            },
            cache_bytes: reader.value(&TOKEN_CACHE),
        }
    }
}

/// Reads the required type. A resource server that requires `at+jwt` rejects every other `typ` (RFC
/// 9068 §4).
pub(super) fn at_jwt(value: &Value) -> Result<TokenType, String> {
    if text(value)? == TokenType::AtJwt.name() {
        return Ok(TokenType::AtJwt);
    }
    Err(
        "only the type `at+jwt` can be required (RFC 9068): write it, or remove the key to accept \
         `JWT`, `at+jwt` and tokens without a type"
            .to_owned(),
    )
}

/// Reads the name of a claim, or a JSON pointer.
fn claim_path(value: &Value) -> Result<String, String> {
    valid_path(text(value)?)
}

/// Reads the names of one or several claims, or JSON pointers.
fn claim_paths(value: &Value) -> Result<Vec<String>, String> {
    texts(value)?.into_iter().map(valid_path).collect()
}

/// Refuses a pointer that leads to nothing in any token.
fn valid_path(path: String) -> Result<String, String> {
    match ClaimPath::parse(&path) {
        Some(_) => Ok(path),
        None => Err(format!(
            "{path:?} is not a JSON pointer (RFC 6901): write `~0` for a `~` in the name of a claim, and \
             `~1` for a `/`"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_config::{BOTH, expect_beside, read};
    use super::*;

    #[test]
    fn times_are_seconds_with_or_without_fractions() {
        for (value, millis) in [
            ("5", 5000),
            ("0.25", 250),
            ("0", 0),
            ("31536000", 31_536_000_000),
        ] {
            let settings = read(&format!("{BOTH}leeway = {value}")).unwrap();
            assert_eq!(settings.tokens.leeway.as_millis(), millis, "{value}");
        }
        for value in [
            "-1", "-0.5", "nan", "inf", "'5'", "true", "[5]", "31536001", "1e300",
        ] {
            expect_beside(
                &format!("leeway = {value}"),
                "`auth.leeway` (from Rocket.toml): it must be a number of seconds, from 0 to a year, \
                 without quotes and without a unit",
            );
        }
    }

    #[test]
    fn claim_names_are_strings() {
        let settings = read(&format!(
            "{BOTH}scope_claims = '/a/b'\nroles_claim = 'cognito:groups'"
        ));
        let names = settings.unwrap().tokens.claim_names;
        assert_eq!(
            (names.scopes, &*names.roles),
            (vec!["/a/b".to_owned()], "cognito:groups")
        );
        let list = "it must be a string in quotes or a list of such strings, none empty";
        for value in ["5", "[]", "['']", "['a', 1]", "' '"] {
            expect_beside(
                &format!("scope_claims = {value}"),
                &format!("`auth.scope_claims` (from Rocket.toml): {list}"),
            );
        }
        for (key, value) in [("roles_claim", "5"), ("permissions_claim", "''")] {
            expect_beside(
                &format!("{key} = {value}"),
                &format!(
                    "`auth.{key}` (from Rocket.toml): it must be a string in quotes, and not empty"
                ),
            );
        }
    }

    #[test]
    fn json_pointers_have_the_escapes_of_rfc_6901() {
        for (key, value) in [
            ("scope_claims", "['scope', '/a~b']"),
            ("permissions_claim", "'/a~b'"),
            ("roles_claim", "'/a~b'"),
        ] {
            expect_beside(
                &format!("{key} = {value}"),
                &format!(
                    "`auth.{key}` (from Rocket.toml): \"/a~b\" is not a JSON pointer (RFC 6901): write `~0` \
                     for a `~` in the name of a claim, and `~1` for a `/`"
                ),
            );
        }
        let settings = read(&format!(
            "{BOTH}scope_claims = '/a~0~1b'\nroles_claim = 'a~b'"
        ));
        assert!(settings.is_ok());
    }

    #[test]
    fn only_the_type_of_rfc_9068_can_be_required() {
        let settings = read(&format!("{BOTH}token_type = 'at+jwt'")).unwrap();
        assert_eq!(settings.tokens.token_type, Some(TokenType::AtJwt));
        for value in ["JWT", "AT+JWT", "application/at+jwt"] {
            let problems = read(&format!("{BOTH}token_type = '{value}'")).unwrap_err();
            assert!(
                problems[0].starts_with(
                    "`auth.token_type` (from Rocket.toml): only the type `at+jwt` can be required"
                ),
                "{problems:?}"
            );
        }
    }
}
