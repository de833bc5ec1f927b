//! Shared-secret mode: HS256 with a secret that issuer and API both hold.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jsonwebtoken::Algorithm;

use super::issuers::{self, IssuerSettings, KeySettings};
use super::reader::Reader;
use crate::jwks::{KeySet, MOST_CANDIDATES};

/// RFC 7518 §3.2: a key of the size of the hash output or larger.
const FEWEST_BYTES: usize = 32;
const KEYS: [&str; 2] = ["secret", "secret_base64"];
/// What makes no sense beside a secret.
const EXCLUDED: [&str; 7] = [
    "ca_certificate",
    "discovery",
    "issuers",
    "jwks_file",
    "jwks_snapshot",
    "jwks_uri",
    "public_key",
];

/// Whether the configuration is meant for shared-secret mode.
pub(super) fn is_wanted(reader: &Reader<'_>) -> bool {
    KEYS.iter().any(|key| reader.has(key))
}

pub(super) fn read(reader: &mut Reader<'_>, allow_weak: bool) -> Option<IssuerSettings> {
    for key in EXCLUDED {
        if reader.wants(key) {
            reader.problem(
                key,
                "it cannot stand beside a shared secret: keep one of the two",
            );
        }
    }
    let [plain, base64] = KEYS;
    let secrets = match (reader.has(plain), reader.has(base64)) {
        (true, true) => {
            reader.problem(base64, "it stands beside `secret`: keep one of the two");
            return None;
        }
        (true, false) => reader
            .strings(plain)?
            .into_iter()
            .map(String::into_bytes)
            .collect(),
        _ => decoded(reader, base64)?,
    };
    let key = if reader.has(plain) { plain } else { base64 };
    check_lengths(reader, key, &secrets, allow_weak);
    check_algorithms(reader);
    Some(IssuerSettings {
        names: reader.strings("issuer").unwrap_or_default(),
        audience: issuers::audience(reader),
        algorithms: vec![Algorithm::HS256],
        keys: KeySettings::Fixed {
            keys: KeySet::of_secrets(&secrets),
            from: "a shared secret".to_owned(),
        },
    })
}

/// Both alphabets of RFC 4648, with or without padding.
fn decoded(reader: &mut Reader<'_>, key: &str) -> Option<Vec<Vec<u8>>> {
    let texts = reader.strings(key)?;
    let decode = |text: &String| {
        let text = text
            .trim_end_matches('=')
            .replace('-', "+")
            .replace('_', "/");
        STANDARD_NO_PAD.decode(text).ok()
    };
    let secrets: Option<Vec<_>> = texts.iter().map(decode).collect();
    if secrets.is_none() {
        reader.problem(
            key,
            "it is not base64, neither in the standard nor in the URL alphabet",
        );
    }
    secrets
}

fn check_lengths(reader: &mut Reader<'_>, key: &str, secrets: &[Vec<u8>], allow_weak: bool) {
    if secrets.len() > MOST_CANDIDATES {
        reader.problem(
            key,
            &format!("it must be at most {MOST_CANDIDATES} secrets"),
        );
    }
    let shortest = secrets.iter().map(Vec::len).min().unwrap_or_default();
    if shortest == 0 {
        reader.problem(key, "a secret must not be empty");
    } else if shortest < FEWEST_BYTES && !allow_weak {
        reader.problem(
            key,
            &format!(
                "a secret has {shortest} bytes, and under {FEWEST_BYTES} it can be guessed from a \
                 token (RFC 7518 §3.2): use a longer one, or accept the risk by \
                 `allow_weak_secret = true`"
            ),
        );
    }
}

fn check_algorithms(reader: &mut Reader<'_>) {
    let names = reader.strings("algorithms").unwrap_or_default();
    if names.iter().any(|name| name != "HS256") {
        reader.problem(
            "algorithms",
            "with a shared secret it can be `HS256` alone: remove the others, or the secret",
        );
    }
}
