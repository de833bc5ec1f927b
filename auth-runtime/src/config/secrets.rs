//! Configures shared-secret mode: HS256 with a secret that both issuer and API hold.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rocket::figment::value::Value;

use super::date;
use super::introspection;
use super::issuers::{self, ALGORITHMS, AUDIENCE_CLAIMS, ISSUER, ISSUERS};
use super::key::{Key, OptionalKey, Row, keys};
use super::key_source;
use super::reader::Reader;
use super::trust;
use super::values::{decode_base64, flag, texts};
use crate::jwks::{KeySet, MAX_CANDIDATES};
use crate::verify::{AudienceClaim, TemporarySecret};

/// RFC 7518 §3.2: the key of HS256 has at least the size of the hash.
const MIN_BYTES: usize = 32;

/// Shared-secret mode.
#[derive(Debug)]
pub(crate) struct SecretSettings {
    /// The accepted `iss`. If the list is empty, `iss` is not checked.
    pub(crate) issuers: Vec<String>,
    pub(crate) audience: Vec<String>,
    pub(crate) audience_claims: Vec<AudienceClaim>,
    pub(crate) secrets: KeySet,
}

/// The purpose of the shared secret.
pub(super) enum Secret {
    /// No secret is set.
    Unset,
    /// It is the only key.
    Only(SecretSettings),
    /// It serves beside a key set until a migration ends.
    Temporary(TemporarySecret),
}

keys! {
    /// Shared-secret mode (HS256): one secret, or up to four of them, of at least 32 bytes each. It
    /// cannot be combined with another key source, except with `secret_until`.
    SECRET: OptionalKey<Vec<Vec<u8>>> = ("secret", Auth, "none", plain, is_secret = true);

    /// The same in base64, in the standard or the URL alphabet, with or without padding.
    SECRET_BASE64: OptionalKey<Vec<Vec<u8>>> = ("secret_base64", Auth, "none", base64, is_secret = true);

    /// `true` accepts a shorter secret, which can be guessed from a single token.
    ALLOW_WEAK_SECRET: Key<bool> = ("allow_weak_secret", Auth, "false", flag);

    /// The end of a migration from a shared secret to a key set, as RFC 3339 writes it. Until then
    /// both are accepted, and afterwards only the key set. A date means the end of that day in UTC.
    SECRET_UNTIL: OptionalKey<SystemTime> = ("secret_until", Auth, "none", date::instant);
}

/// Reads the shared secret.
pub(super) fn read(reader: &mut Reader) -> Secret {
    let allow_weak = reader.value(&ALLOW_WEAK_SECRET);
    let key = match (reader.is_set(&SECRET), reader.is_set(&SECRET_BASE64)) {
        (true, false) => &SECRET,
        (false, true) => &SECRET_BASE64,
        (true, true) => {
            reader.problem(
                &SECRET_BASE64,
                "it cannot be set beside `secret`: keep one of them",
            );
            &SECRET
        }
        (false, false) => {
            if allow_weak {
                reader.problem(&ALLOW_WEAK_SECRET, "there is no secret to allow: remove it");
            }
            if reader.is_set(&SECRET_UNTIL) {
                reader.problem(
                    &SECRET_UNTIL,
                    "there is no secret that it could end: remove it, or set `secret`",
                );
            }
            return Secret::Unset;
        }
    };
    trust::check(reader, &ISSUER, key);
    let secrets = reader.optional(key).unwrap_or_default();
    check_lengths(reader, key, &secrets, allow_weak);
    let secrets = KeySet::from_secrets(&secrets);
    if reader.is_set(&SECRET_UNTIL) {
        return temporary(reader, secrets);
    }
    only(reader, secrets)
}

fn only(reader: &mut Reader, secrets: KeySet) -> Secret {
    let excluded: Vec<&Row> = key_source::KEYS
        .iter()
        .chain(introspection::KEYS)
        .copied()
        .chain([&*ISSUERS])
        .collect();
    for row in excluded {
        if reader.is_in_use(row) {
            reader.problem(
                row,
                "it cannot be set beside a shared secret: keep one of them, or set `secret_until` for \
                 a migration",
            );
        }
    }
    reader.optional_as(&ALGORITHMS, hs256);
    Secret::Only(SecretSettings {
        issuers: reader.optional(&ISSUER).unwrap_or_default(),
        audience: issuers::audience(reader),
        audience_claims: reader.value(&AUDIENCE_CLAIMS),
        secrets,
    })
}

fn temporary(reader: &mut Reader, secrets: KeySet) -> Secret {
    for row in introspection::KEYS {
        if reader.is_set(row) {
            reader.problem(
                row,
                "it cannot be set beside a shared secret: keep one of them",
            );
        }
    }
    if reader.is_set(&ISSUERS) {
        reader.problem(
            &ISSUERS,
            "it cannot be set beside `secret_until`, because the secret would vouch for each of them: \
             set the one `issuer` that holds the secret",
        );
    }
    // An instant that cannot be read has been reported as a problem, which aborts the launch.
    let until = reader.optional(&SECRET_UNTIL).unwrap_or(UNIX_EPOCH);
    Secret::Temporary(TemporarySecret {
        keys: Arc::new(secrets),
        until,
    })
}

fn plain(value: &Value) -> Result<Vec<Vec<u8>>, String> {
    let secrets = texts(value)?;
    Ok(secrets.into_iter().map(String::into_bytes).collect())
}

fn base64(value: &Value) -> Result<Vec<Vec<u8>>, String> {
    texts(value)?
        .iter()
        .map(|text| decode_base64(text))
        .collect()
}

fn check_lengths(reader: &mut Reader, key: &Row, secrets: &[Vec<u8>], allow_weak: bool) {
    if secrets.len() > MAX_CANDIDATES {
        reader.problem(key, format!("it holds more than {MAX_CANDIDATES} secrets"));
    }
    let Some(shortest) = secrets.iter().map(Vec::len).min() else {
        return;
    };
    if shortest < MIN_BYTES && !allow_weak {
        let message = format!(
            "a secret has {shortest} bytes, and one of less than {MIN_BYTES} can be guessed from a \
             token (RFC 7518 §3.2): use a longer one, or accept the risk with \
             `allow_weak_secret = true`"
        );
        reader.problem(key, message);
    }
}

fn hs256(value: &Value) -> Result<(), String> {
    if texts(value)?.iter().all(|name| name == "HS256") {
        return Ok(());
    }
    Err(
        "with a shared secret it can only be `HS256`: remove the others, or remove the secret"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests;
