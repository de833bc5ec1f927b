//! Reads the signals of an issuer: logout tokens and security event tokens. They are JWTs but not
//! access tokens, and access tokens are refused here.

mod jwt;
mod logout;
mod security_event;
#[cfg(test)]
mod test_claims;

pub(crate) use self::jwt::{SignalError, SignalType, verify};
pub(crate) use self::logout::{Logout, check_logout};
pub(crate) use self::security_event::check_security_event;
use super::entry::{Kind, Name, Revocation};
use crate::token::{Json, Object, Text};

/// The values that a signal is checked against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    /// Our name at the issuer: the `client_id` or the `aud` that it uses for us.
    pub(crate) audience: &'a str,
    /// Allowed clock skew, in seconds.
    pub(crate) leeway: f64,
    /// How long revocations are kept after their cut-off, in seconds.
    pub(crate) keep: i64,
    /// The current time, in seconds since 1970.
    pub(crate) now: f64,
}

impl Expected<'_> {
    /// Reads `iat`, which must not be in the future.
    fn issued_at(&self, claims: Object<'_>) -> Result<f64, SignalError> {
        let iat = claims.get("iat").and_then(Json::as_f64);
        let iat = iat.ok_or(SignalError::Claim("iat", "is missing or not a number"))?;
        if iat > self.now + self.leeway {
            return Err(SignalError::Claim("iat", "is in the future"));
        }
        Ok(iat)
    }

    /// Returns a revocation of tokens that were issued up to the signal's `iat`. It only depends on
    /// the signal, so a signal that arrives twice has the same effect as one.
    fn revocation(&self, issuer: &str, kind: Kind, value: &str, iat: f64) -> Revocation {
        #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
        let issued_until = iat.floor() as i64;
        Revocation {
            name: Name {
                issuer: issuer.into(),
                kind,
                value: value.into(),
            },
            issued_until,
            expires: issued_until.saturating_add(self.keep),
        }
    }
}

/// Returns the member's value if it is a string that is not empty.
fn text<'c>(claims: Object<'c>, name: &'static str) -> Result<&'c str, SignalError> {
    let text = claims.get(name).and_then(Json::as_str);
    text.filter(|text| !text.is_empty())
        .ok_or(SignalError::Claim(
            name,
            "is missing, empty or not a string",
        ))
}

/// Returns the audiences of a signal: a string, or a list of strings.
fn audiences(claims: Object<'_>) -> Result<Vec<&str>, SignalError> {
    match claims.get("aud") {
        Some(Json::String(audience)) => Ok(vec![audience.as_str()]),
        Some(list) => list
            .as_strings()
            .map(|audiences| audiences.map(Text::as_str).collect())
            .ok_or(SignalError::Audience),
        None => Err(SignalError::Audience),
    }
}
