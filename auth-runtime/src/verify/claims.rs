//! The rules for registered claims (RFC 7519 §4.1).

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use super::failure::Failure;
use super::{Issuer, Rules};
use crate::token::{Json, Payload, quoted};

pub(super) fn check(
    payload: &Payload<'_>,
    issuer: &Issuer,
    rules: &Rules,
    now: SystemTime,
) -> Result<(), Failure> {
    check_times(payload, rules, now)?;
    check_issuer(payload, issuer)?;
    check_audience(payload, issuer)?;
    if !matches!(payload.sub, None | Some(Json::Text(_))) {
        return Err(Failure::Claim("sub", "is no string"));
    }
    if rules.at_jwt {
        check_profile(payload)
    } else {
        Ok(())
    }
}

/// What RFC 9068 §2.2 wants beside `iss`, `exp` and `aud`.
fn check_profile(payload: &Payload<'_>) -> Result<(), Failure> {
    let strings = [
        ("sub", &payload.sub),
        ("client_id", &payload.client_id),
        ("jti", &payload.jti),
    ];
    for (name, claim) in strings {
        if !matches!(claim, Some(Json::Text(_))) {
            return Err(Failure::Claim(
                name,
                "is missing or no string, which RFC 9068 wants",
            ));
        }
    }
    match payload.iat {
        Some(_) => Ok(()),
        None => Err(Failure::Claim("iat", "is missing, which RFC 9068 wants")),
    }
}

fn check_times(payload: &Payload<'_>, rules: &Rules, now: SystemTime) -> Result<(), Failure> {
    let Some(Json::Number(expires)) = payload.exp else {
        return Err(Failure::Claim("exp", "is missing or no number"));
    };
    let not_before = match payload.nbf {
        None => Ok(f64::NEG_INFINITY),
        Some(Json::Number(nbf)) => Ok(nbf),
        Some(_) => Err(Failure::Claim("nbf", "is no number")),
    };
    // `exp` comes before all other claims.
    check_validity(
        not_before.as_ref().map_or(f64::NEG_INFINITY, |nbf| *nbf),
        expires,
        rules,
        now,
    )?;
    not_before?;
    match payload.iat {
        None | Some(Json::Number(_)) => Ok(()),
        Some(_) => Err(Failure::Claim("iat", "is no number")),
    }
}

/// Whether the time is within these, in seconds since 1970.
pub(super) fn check_validity(
    not_before: f64,
    expires: f64,
    rules: &Rules,
    now: SystemTime,
) -> Result<(), Failure> {
    // A clock before 1970 makes every token expired: it fails closed.
    let now = now
        .duration_since(UNIX_EPOCH)
        .map_or(f64::INFINITY, |now| now.as_secs_f64());
    // RFC 7519 §4.1.4: expired on or after it.
    if now >= expires + rules.leeway {
        return Err(Failure::Expired(now - expires));
    }
    if now + rules.leeway < not_before {
        return Err(Failure::Claim("nbf", "is still to come"));
    }
    Ok(())
}

fn check_issuer(payload: &Payload<'_>, issuer: &Issuer) -> Result<(), Failure> {
    if issuer.names.is_empty() {
        return match payload.iss {
            None | Some(Json::Text(_)) => Ok(()),
            Some(_) => Err(Failure::Claim("iss", "is no string")),
        };
    }
    match &payload.iss {
        Some(Json::Text(iss)) if issuer.names.iter().any(|name| name == iss) => Ok(()),
        Some(Json::Text(iss)) => Err(Failure::Issuer(quoted(iss))),
        _ => Err(Failure::Claim("iss", "is missing or no string")),
    }
}

fn check_audience(payload: &Payload<'_>, issuer: &Issuer) -> Result<(), Failure> {
    let accepted = |aud: &Cow<'_, str>| issuer.audience.iter().any(|own| own == aud);
    match &payload.aud {
        Some(Json::Text(aud)) if accepted(aud) => Ok(()),
        Some(Json::Text(aud)) => Err(Failure::Audience(quoted(aud))),
        Some(Json::Strings(list)) if list.iter().any(accepted) => Ok(()),
        Some(Json::Strings(list)) => Err(Failure::Audience(quoted(&list.join(", ")))),
        _ => Err(Failure::NoAudience),
    }
}
