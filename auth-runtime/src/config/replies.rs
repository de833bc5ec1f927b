//! Configures how policies are enforced and how refusals are answered.

use rocket::figment::value::Value;

use super::key::{Key, OptionalKey, keys};
use super::reader::Reader;
use super::values::{choice, flag, text, whole_number};
use crate::error::HeaderText;

/// How routes are enforced, and how refusals are answered.
#[derive(Debug)]
pub(crate) struct ReplySettings {
    pub(crate) malformed_status: MalformedStatus,
    /// The `realm` of challenges (RFC 9110 §11.5).
    pub(crate) realm: Option<HeaderText>,
    pub(crate) enforcement: Enforcement,
    pub(crate) undeclared_routes: UndeclaredRoutes,
}

/// The status of the reply to a malformed token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MalformedStatus {
    Unauthorized,
    BadRequest,
}

/// What happens to a request whose valid token does not meet the requirements of its route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Enforcement {
    /// It is refused.
    Full,
    /// It passes, and is logged and counted.
    ReportOnly,
}

/// What happens at launch to routes that do not declare who may call them: those that neither
/// [`routes!`](crate::routes!) nor [`protect!`](crate::protect!) mounted.
///
/// [Seeing the policies](crate::guide::policies#seeing-the-policies) explains which routes are
/// undeclared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndeclaredRoutes {
    /// They are mounted without a message.
    Allow,
    /// The log names them.
    Warn,
    /// The log names them, and the launch is aborted.
    Deny,
}

impl UndeclaredRoutes {
    const ALL: [Self; 3] = [Self::Allow, Self::Warn, Self::Deny];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

keys! {
    /// The status of the reply to a malformed token: 401, or 400 as older tutorials answered.
    MALFORMED_TOKEN_STATUS: Key<MalformedStatus> =
        ("malformed_token_status", Auth, "401", malformed_status);

    /// The `realm` that challenges name (RFC 9110), such as `"api"`: printable ASCII without quotes and
    /// backslashes.
    REALM: OptionalKey<HeaderText> = ("realm", Auth, "none", realm);

    /// `true` only logs and counts requirements that a request does not meet, and lets it pass. A
    /// valid token is still required.
    REPORT_ONLY: Key<Enforcement> = ("report_only", Auth, "false", enforcement);

    /// What happens to routes that do not declare who may call them: `"deny"` aborts the launch,
    /// `"warn"` names them in the log, `"allow"` does nothing.
    UNDECLARED_ROUTES: Key<UndeclaredRoutes> =
        ("undeclared_routes", Auth, "\"deny\"", undeclared_routes);
}

impl ReplySettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            malformed_status: reader.value(&MALFORMED_TOKEN_STATUS),
            realm: reader.optional(&REALM),
            enforcement: reader.value(&REPORT_ONLY),
            undeclared_routes: reader.value(&UNDECLARED_ROUTES),
        }
    }
}

fn malformed_status(value: &Value) -> Result<MalformedStatus, String> {
    match whole_number(value) {
        Some(400) => Ok(MalformedStatus::BadRequest),
        Some(401) => Ok(MalformedStatus::Unauthorized),
        _ => Err("it must be 400 or 401".to_owned()),
    }
}

fn realm(value: &Value) -> Result<HeaderText, String> {
    HeaderText::new(&text(value)?)
        .ok_or_else(|| "write printable ASCII characters without `\"` and `\\`".to_owned())
}

fn enforcement(value: &Value) -> Result<Enforcement, String> {
    Ok(if flag(value)? {
        Enforcement::ReportOnly
    } else {
        Enforcement::Full
    })
}

fn undeclared_routes(value: &Value) -> Result<UndeclaredRoutes, String> {
    choice(
        value,
        &UndeclaredRoutes::ALL.map(|choice| (choice.name(), choice)),
    )
}

#[cfg(test)]
mod tests {
    use super::super::test_config::{BOTH, expect_beside, read};
    use super::*;

    #[test]
    fn the_status_of_malformed_tokens_is_400_or_401() {
        for (value, status) in [
            ("400", MalformedStatus::BadRequest),
            ("401", MalformedStatus::Unauthorized),
        ] {
            let settings = read(&format!("{BOTH}malformed_token_status = {value}")).unwrap();
            assert_eq!(settings.replies.malformed_status, status);
        }
        for value in ["403", "-400", "400.0", "'400'", "4294967696"] {
            expect_beside(
                &format!("malformed_token_status = {value}"),
                "`auth.malformed_token_status` (from Rocket.toml): it must be 400 or 401",
            );
        }
    }

    #[test]
    fn a_realm_is_text_that_needs_no_escaping() {
        assert_eq!(read(BOTH).unwrap().replies.realm, None);
        let settings = read(&format!("{BOTH}realm = 'the API, v1'")).unwrap();
        assert_eq!(settings.replies.realm, HeaderText::new("the API, v1"));
        for value in ["'a\"b'", "'a\\b'", "\"a\\r\\nb: c\"", "'é'", "\"a\\tb\""] {
            expect_beside(
                &format!("realm = {value}"),
                "`auth.realm` (from Rocket.toml): write printable ASCII characters without `\"` and \
                 `\\`",
            );
        }
        for value in ["''", "1", "['a']"] {
            expect_beside(
                &format!("realm = {value}"),
                "`auth.realm` (from Rocket.toml): it must be a string in quotes, and not empty",
            );
        }
    }

    #[test]
    fn undeclared_routes_are_allowed_named_or_denied() {
        for (value, choice) in [
            ("allow", UndeclaredRoutes::Allow),
            ("warn", UndeclaredRoutes::Warn),
            ("deny", UndeclaredRoutes::Deny),
        ] {
            let settings = read(&format!("{BOTH}undeclared_routes = '{value}'")).unwrap();
            assert_eq!(settings.replies.undeclared_routes, choice);
        }
        for value in ["'Deny'", "''", "true", "['deny']"] {
            expect_beside(
                &format!("undeclared_routes = {value}"),
                "`auth.undeclared_routes` (from Rocket.toml): it must be \"allow\", \"warn\" or \
                 \"deny\"",
            );
        }
    }
}
