//! Configures revocation.

use std::time::Duration;

use rocket::figment::value::Value;

use super::key::{Key, OptionalKey, Row, keys};
use super::mode::Mode;
use super::names::name;
use super::reader::Reader;
use super::values::{flag, positive_seconds, seconds};

/// How revocations are honoured.
#[derive(Debug)]
pub(crate) struct RevocationSettings {
    pub(crate) max_token_lifetime: Duration,
    pub(crate) max_stale: Duration,
    /// The `client_id` under which issuers send logout tokens here.
    pub(crate) backchannel_logout: Option<String>,
    /// The `aud` of security event tokens.
    pub(crate) security_events: Option<String>,
}

keys! {
    /// `true` honours revocations, and gives `Auth::revocations()`.
    REVOCATION: Key<bool> = ("revocation", Auth, "false", flag);

    /// With `revocation`: a locally verified token must have `iat`, and an `exp` at most this many
    /// seconds after it. Revocations are kept this long plus `leeway`.
    MAX_TOKEN_LIFETIME: Key<Duration> =
        ("max_token_lifetime", Auth, "2592000", positive_seconds);

    /// How long the last known revocations serve while the store is out of reach, in seconds. After
    /// that, tokens get 503.
    REVOCATION_MAX_STALE: Key<Duration> = ("revocation_max_stale", Auth, "60", at_least_a_second);

    /// The `client_id` under which the issuer sends logout tokens here. It mounts
    /// `POST /backchannel-logout`, and needs `revocation` and an issuer with keys.
    BACKCHANNEL_LOGOUT: OptionalKey<String> = ("backchannel_logout", Auth, "none", name);

    /// The `aud` of the security event tokens that the issuer pushes here. It mounts
    /// `POST /security-events`, and needs `revocation` and an issuer with keys.
    SECURITY_EVENTS: OptionalKey<String> = ("security_events", Auth, "none", name);
}

/// Reads the keys on revocation. Returns `None` if it is off.
pub(super) fn read(reader: &mut Reader, mode: &Mode) -> Option<RevocationSettings> {
    let is_on = reader.value(&REVOCATION);
    let signals: [&Row; 2] = [&BACKCHANNEL_LOGOUT, &SECURITY_EVENTS];
    for row in signals {
        if !reader.is_set(row) {
            continue;
        }
        if !is_on {
            reader.problem(
                row,
                "it needs `revocation = true`: set that as well, or remove this",
            );
        }
        if !mode.has_issuer_with_keys() {
            reader.problem(
                row,
                "it needs an issuer whose keys are known, to verify what is sent: remove it, or \
                 set a key source in place of the secret or of `introspection_endpoint`",
            );
        }
    }
    let settings = RevocationSettings {
        max_token_lifetime: reader.value(&MAX_TOKEN_LIFETIME),
        max_stale: reader.value(&REVOCATION_MAX_STALE),
        backchannel_logout: reader.optional(&BACKCHANNEL_LOGOUT),
        security_events: reader.optional(&SECURITY_EVENTS),
    };
    is_on.then_some(settings)
}

/// Reads a time of at least a second. A copy of a store that works may be almost a second old.
fn at_least_a_second(value: &Value) -> Result<Duration, String> {
    match seconds(value)? {
        short if short < Duration::from_secs(1) => Err("it must be at least 1 second".to_owned()),
        duration => Ok(duration),
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_config::{BOTH, expect, expect_beside, read};

    #[test]
    fn revocation_is_off_by_default() {
        assert!(read(BOTH).unwrap().revocation.is_none());
        let settings = read(&format!("{BOTH}revocation = true")).unwrap();
        let revocation = settings.revocation.unwrap();
        assert_eq!(revocation.max_token_lifetime.as_secs(), 2_592_000);
        assert_eq!(revocation.max_stale.as_secs(), 60);
        assert_eq!(revocation.backchannel_logout, None);
        assert_eq!(revocation.security_events, None);
    }

    #[test]
    fn signals_need_revocation_and_an_issuer_with_keys() {
        for key in ["backchannel_logout", "security_events"] {
            expect_beside(
                &format!("{key} = 'api'"),
                &format!(
                    "`auth.{key}` (from Rocket.toml): it needs `revocation = true`: set that as \
                     well, or remove this"
                ),
            );
            let no_keys = format!(
                "`auth.{key}` (from Rocket.toml): it needs an issuer whose keys are known, to \
                 verify what is sent: remove it, or set a key source in place of the secret or of \
                 `introspection_endpoint`"
            );
            let secret = "audience = 'api'\nsecret = '0123456789abcdef0123456789abcdef'\n";
            expect(
                &format!("{secret}revocation = true\n{key} = 'api'"),
                &no_keys,
            );
            expect_beside(
                &format!(
                    "introspection_endpoint = 'https://a.invalid/'\nclient_id = 'a'\n\
                     client_secret = 's'\nrevocation = true\n{key} = 'api'"
                ),
                &no_keys,
            );
            let settings = read(&format!("{BOTH}revocation = true\n{key} = 'api'"));
            assert!(settings.is_ok());
        }
    }

    #[test]
    fn a_time_that_is_too_short_is_refused() {
        expect_beside(
            "revocation_max_stale = 0.5",
            "`auth.revocation_max_stale` (from Rocket.toml): it must be at least 1 second",
        );
        expect_beside(
            "max_token_lifetime = 0",
            "`auth.max_token_lifetime` (from Rocket.toml): it must be more than 0 seconds",
        );
    }
}
