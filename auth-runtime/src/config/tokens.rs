//! Configures what a token must be like, and which of its claims hold grants.

use std::time::Duration;

use jsonptr::Pointer;
use rocket::figment::value::Value;

use super::key::{Key, OptionalKey, keys};
use super::reader::Reader;
use super::values::{bytes, seconds, text, texts};
use crate::token::ClaimNames;

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
    SCOPE_CLAIMS: Key<Vec<String>> = ("scope_claims", Auth, "[\"scope\", \"scp\"]", claims);

    /// The claim that holds permissions, for `#[requires_permission]`.
    PERMISSIONS_CLAIM: Key<String> = ("permissions_claim", Auth, "\"permissions\"", claim);

    /// The claim that holds roles, for `#[requires_role]`.
    ROLES_CLAIM: Key<String> = ("roles_claim", Auth, "\"roles\"", claim);

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

/// Reads the name of a claim, or a JSON pointer to one.
fn claim(value: &Value) -> Result<String, String> {
    let name = text(value)?;
    require_valid_pointer(&name)?;
    Ok(name)
}

/// Reads the names of claims, one or a list.
fn claims(value: &Value) -> Result<Vec<String>, String> {
    let names = texts(value)?;
    names
        .iter()
        .try_for_each(|name| require_valid_pointer(name))?;
    Ok(names)
}

/// Requires the escapes of RFC 6901 in a name that is a JSON pointer. Without them it leads nowhere.
fn require_valid_pointer(name: &str) -> Result<(), String> {
    if name.starts_with('/') && Pointer::parse(name).is_err() {
        return Err(format!(
            "`{}` has an invalid escape in a JSON pointer: write `~0` for `~`, and `~1` for `/` (RFC \
             6901)",
            name.escape_debug()
        ));
    }
    Ok(())
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
                "`auth.leeway` (from Rocket.toml): it must be a number of seconds, from 0 to a year",
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
    fn a_claim_that_is_a_json_pointer_has_only_valid_escapes() {
        for pointer in ["/a~", "/~2", "/a/b~c", "/~~0"] {
            let problem = format!(
                "`{pointer}` has an invalid escape in a JSON pointer: write `~0` for `~`, and `~1` for `/` \
                 (RFC 6901)"
            );
            for key in ["permissions_claim", "roles_claim", "scope_claims"] {
                expect_beside(
                    &format!("{key} = '{pointer}'"),
                    &format!("`auth.{key}` (from Rocket.toml): {problem}"),
                );
            }
            expect_beside(
                &format!("scope_claims = ['scope', '{pointer}']"),
                &format!("`auth.scope_claims` (from Rocket.toml): {problem}"),
            );
        }
        let settings = read(&format!(
            "{BOTH}scope_claims = ['/a~0b~1c', 'a~', '/']\nroles_claim = '~2'"
        ));
        let names = settings.unwrap().tokens.claim_names;
        assert_eq!(names.scopes, ["/a~0b~1c", "a~", "/"]);
        assert_eq!(names.roles, "~2");
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
