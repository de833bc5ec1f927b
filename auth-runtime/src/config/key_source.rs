//! Configures where the keys of an issuer are: at an address, in a file, or where its metadata point
//! to.

use std::fs;
use std::path::{Path, PathBuf};

use reqwest::tls::Certificate;

use super::endpoint::endpoint;
use super::introspection::{self, IntrospectionSettings};
use super::key::{Key, OptionalKey, Row, keys};
use super::named::Named;
use super::names::name;
use super::reader::Reader;
use super::trust;
use super::values::{flag, path};
use crate::jwks::{self, Algorithm, Discovery, KeySet, Origin, Snapshot};

/// Where the keys of an issuer are.
#[derive(Debug)]
pub(crate) enum KeySettings {
    /// They are fetched.
    Remote {
        origin: Origin,
        authorities: Vec<Certificate>,
        snapshot: Option<Snapshot>,
    },
    /// They were read from the file `from`.
    Fixed { keys: KeySet, from: String },
    /// The issuer does not have any: it is asked about each token.
    Introspection(Box<IntrospectionSettings>),
}

keys! {
    /// The address of the key set. Several issuers then share it.
    JWKS_URI: OptionalKey<String> = ("jwks_uri", Issuer,
        "the issuer and `.well-known/jwks.json`, joined by one slash", name);

    /// `true` takes the address of the key set from the issuer's metadata, which is at
    /// `.well-known/openid-configuration`, or where RFC 8414 puts it. Its `issuer` must be the
    /// configured one.
    DISCOVERY: Key<bool> = ("discovery", Issuer, "false", flag);

    /// A file that holds a key set.
    JWKS_FILE: OptionalKey<String> = ("jwks_file", Issuer, "none", path);

    /// A PEM file that holds a public key or a certificate. The key serves every token, whatever its
    /// `kid`.
    PUBLIC_KEY: OptionalKey<String> = ("public_key", Issuer, "none", path);

    /// A file that keeps a copy of the last good key set, so that tokens are accepted
    /// after a restart while the issuer is down.
    JWKS_SNAPSHOT: OptionalKey<String> = ("jwks_snapshot", Issuer, "none", path);

    /// A PEM file of certificate authorities to trust in addition to those of the system, which
    /// `SSL_CERT_FILE` replaces.
    CA_CERTIFICATE: OptionalKey<String> = ("ca_certificate", Inherited, "none", path);
}

/// Returns the keys that say where an issuer's keys are.
fn locations() -> [&'static Row; 4] {
    [&DISCOVERY, &JWKS_FILE, &JWKS_URI, &PUBLIC_KEY]
}

/// Reads the key sources of a table, each with the issuers that it serves.
pub(super) fn read(
    reader: &mut Reader,
    issuers: &Named<'_>,
    inherited: &[Certificate],
) -> Vec<(Vec<String>, KeySettings)> {
    let mut authorities = authorities(reader);
    authorities.extend(inherited.iter().cloned());
    if reader.is_set(&introspection::INTROSPECTION_ENDPOINT) {
        let excluded: Vec<_> = locations().into_iter().chain([&*JWKS_SNAPSHOT]).collect();
        let settings = introspection::read(reader, issuers, authorities, &excluded);
        let keys = settings.map(|settings| KeySettings::Introspection(Box::new(settings)));
        return keys
            .map(|keys| (issuers.names.to_vec(), keys))
            .into_iter()
            .collect();
    }
    introspection::refuse_without_endpoint(reader);
    let locations = locations().into_iter().filter(|key| reader.is_in_use(key));
    let locations: Vec<_> = locations.collect();
    for location in &locations {
        trust::check(reader, issuers.key, location);
    }
    if let [first, second, ..] = locations.as_slice() {
        let message = format!(
            "it cannot be set beside `{}`: keep one key source",
            first.name
        );
        reader.problem(second, message);
        return Vec::new();
    }
    let keys = if reader.is_set(&JWKS_FILE) {
        jwks_file(reader, issuers.algorithms)
    } else if reader.is_set(&PUBLIC_KEY) {
        public_key(reader, issuers.algorithms)
    } else {
        return remote(reader, issuers, &authorities);
    };
    for key in [&CA_CERTIFICATE, &JWKS_SNAPSHOT] {
        if reader.is_set(key) {
            reader.problem(
                key,
                "it works only with fetched keys, and these come from a file",
            );
        }
    }
    keys.map(|keys| (issuers.names.to_vec(), keys))
        .into_iter()
        .collect()
}

fn remote(
    reader: &mut Reader,
    issuers: &Named<'_>,
    authorities: &[Certificate],
) -> Vec<(Vec<String>, KeySettings)> {
    let origins = origins(reader, issuers);
    let snapshot = snapshot(reader, &origins);
    let settings = |(names, origin)| {
        let keys = KeySettings::Remote {
            origin,
            authorities: authorities.to_vec(),
            snapshot: snapshot.clone(),
        };
        (names, keys)
    };
    origins.into_iter().map(settings).collect()
}

/// Returns where keys are fetched from: one place for all of these issuers, or one for each.
fn origins(reader: &mut Reader, issuers: &Named<'_>) -> Vec<(Vec<String>, Origin)> {
    if reader.is_set(&JWKS_URI) {
        let uri = reader
            .optional(&JWKS_URI)
            .and_then(|uri| endpoint(reader, &JWKS_URI, &uri, issuers.http_hosts));
        return uri
            .map(|uri| (issuers.names.to_vec(), Origin::At(uri)))
            .into_iter()
            .collect();
    }
    let discovery = reader.value(&DISCOVERY);
    let origin = |name: &String| {
        let origin = origin(reader, issuers, name, discovery)?;
        Some((vec![name.clone()], origin))
    };
    issuers.names.iter().filter_map(origin).collect()
}

fn origin(
    reader: &mut Reader,
    issuers: &Named<'_>,
    issuer: &str,
    discovery: bool,
) -> Option<Origin> {
    let (key, http_hosts) = (issuers.key, issuers.http_hosts);
    // RFC 8414 §2 forbids both in an issuer, and no path can be joined to them.
    if issuer.contains(['?', '#']) {
        let message = format!("`{issuer}` has a query or a fragment: set `jwks_uri` as well");
        reader.problem(key, message);
        return None;
    }
    // The issuer is checked before the path is joined, because a path behind `https://` would become
    // the host.
    endpoint(reader, key, issuer, http_hosts)?;
    let uri = jwks::joined(issuer, ".well-known/jwks.json");
    let uri = endpoint(reader, key, &uri, http_hosts)?;
    if discovery {
        Discovery::new(issuer, http_hosts).map(Origin::Discovered)
    } else {
        Some(Origin::At(uri))
    }
}

fn snapshot(reader: &mut Reader, origins: &[(Vec<String>, Origin)]) -> Option<Snapshot> {
    let path = PathBuf::from(reader.optional(&JWKS_SNAPSHOT)?);
    let directory = path
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty());
    if directory.is_some_and(|directory| !directory.is_dir()) {
        let message = format!(
            "the directory of {} does not exist: create it",
            path.display()
        );
        reader.problem(&JWKS_SNAPSHOT, message);
    }
    if path.is_dir() {
        let message = format!("{} is a directory: name a file in it", path.display());
        reader.problem(&JWKS_SNAPSHOT, message);
    }
    match origins {
        // A problem with the issuer has already been reported.
        [] => None,
        [(_, origin)] => Some(Snapshot::new(path, origin.url().to_string())),
        _ => {
            reader.problem(
                &JWKS_SNAPSHOT,
                "each issuer needs its own file: write a table for each in `issuers`",
            );
            None
        }
    }
}

fn jwks_file(reader: &mut Reader, algorithms: &[Algorithm]) -> Option<KeySettings> {
    let (path, content) = file(reader, &JWKS_FILE)?;
    let (keys, skipped) = match KeySet::parse(&content, algorithms) {
        Ok(parsed) => parsed,
        Err(error) => {
            reader.problem(&JWKS_FILE, format!("{path} is not a key set: {error}"));
            return None;
        }
    };
    // A fetched set may be empty for a while, but this one is never replaced.
    if keys.len() == 0 {
        let why = skipped
            .first()
            .map_or_else(String::new, |key| format!(": {}", key.reason));
        reader.problem(&JWKS_FILE, format!("{path} has no key that can serve{why}"));
        return None;
    }
    for key in skipped {
        log::warn!("{path}: key {:?} is not used: {}", key.kid, key.reason);
    }
    Some(KeySettings::Fixed { keys, from: path })
}

fn public_key(reader: &mut Reader, algorithms: &[Algorithm]) -> Option<KeySettings> {
    let (path, content) = file(reader, &PUBLIC_KEY)?;
    match jwks::Key::from_pem(&content, algorithms) {
        Ok(key) => Some(KeySettings::Fixed {
            keys: KeySet::from_key(key),
            from: path,
        }),
        Err(error) => {
            let message = format!("{path}: {error} (see `algorithms`)");
            reader.problem(&PUBLIC_KEY, message);
            None
        }
    }
}

/// Returns the certificate authorities to trust in addition to those of the system.
pub(super) fn authorities(reader: &mut Reader) -> Vec<Certificate> {
    let Some((path, content)) = file(reader, &CA_CERTIFICATE) else {
        return Vec::new();
    };
    jwks::authorities(&content).unwrap_or_else(|error| {
        reader.problem(&CA_CERTIFICATE, format!("{path}: {error}"));
        Vec::new()
    })
}

/// Returns the path and content of the file that a key names.
fn file(reader: &mut Reader, key: &OptionalKey<String>) -> Option<(String, Vec<u8>)> {
    let path = reader.optional(key)?;
    match fs::read(&path) {
        Ok(content) => Some((path, content)),
        Err(error) => {
            let message = format!("{path} cannot be read: {error}{}", directory_of(&path));
            reader.problem(key, message);
            None
        }
    }
}

/// Returns where a relative path begins, if this is one.
fn directory_of(path: &str) -> String {
    match std::env::current_dir() {
        Ok(directory) if Path::new(path).is_relative() => {
            format!(" (a relative path begins at {})", directory.display())
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
