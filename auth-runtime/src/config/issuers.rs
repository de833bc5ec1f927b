//! Issuers and where their keys come from: `issuer` and the keys beside it, or several tables of
//! them under `issuers`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use reqwest::tls::Certificate;
use url::Url;

use super::reader::Reader;
use super::settings;
use crate::http;
use crate::jwks::{self, Algorithm, Discovery, Key, KeySet, Origin, Snapshot};

/// The keys of one issuer.
pub(super) const KEYS: &[&str] = &[
    "algorithms",
    "audience",
    "ca_certificate",
    "discovery",
    "issuer",
    "jwks_file",
    "jwks_snapshot",
    "jwks_uri",
    "public_key",
];
/// What several issuers may have in common.
const SHARED: [&str; 3] = ["algorithms", "audience", "ca_certificate"];
const SOURCES: [&str; 4] = ["discovery", "jwks_file", "jwks_uri", "public_key"];

/// One source of keys and the issuers that it serves.
#[derive(Debug)]
pub(crate) struct IssuerSettings {
    /// The accepted `iss`; none in shared-secret mode without an issuer.
    pub(crate) names: Vec<String>,
    pub(crate) audience: Vec<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) keys: KeySettings,
}

#[derive(Debug)]
pub(crate) enum KeySettings {
    Remote {
        origin: Origin,
        authorities: Vec<Certificate>,
        snapshot: Option<Snapshot>,
    },
    /// Keys that are configured, and where from.
    Fixed { keys: KeySet, from: String },
}

/// What tables under `issuers` take from the table around them.
#[derive(Default)]
struct Defaults {
    audience: Option<Vec<String>>,
    algorithms: Option<Vec<Algorithm>>,
    authorities: Vec<Certificate>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Vec<IssuerSettings> {
    let issuers = if reader.has("issuers") {
        for key in KEYS.iter().filter(|key| !SHARED.contains(key)) {
            if reader.has(key) {
                reader.problem(
                    key,
                    "it stands beside `issuers`: move it into one of those tables",
                );
            }
        }
        let defaults = Defaults {
            audience: reader.strings("audience"),
            algorithms: algorithms(reader),
            authorities: authorities(reader),
        };
        reader.each_table("issuers", KEYS, settings::KEYS, |table| {
            one(table, &defaults)
        })
    } else {
        one(reader, &Defaults::default())
    };
    let key = if reader.has("issuers") {
        "issuers"
    } else {
        "issuer"
    };
    if let Some(twice) = twice(issuers.iter().flat_map(|issuer| &issuer.names)) {
        reader.problem(key, &format!("`{twice}` stands there twice: keep one"));
    }
    let copies = issuers.iter().filter_map(|issuer| match &issuer.keys {
        KeySettings::Remote { snapshot, .. } => Some(snapshot.as_ref()?.path().display()),
        KeySettings::Fixed { .. } => None,
    });
    if let Some(twice) = twice(copies.map(|path| path.to_string())) {
        reader.problem(
            key,
            &format!("`jwks_snapshot` is `{twice}` twice: each issuer needs a file of its own"),
        );
    }
    issuers
}

/// What stands in a list more than once.
fn twice<T: Ord>(items: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = BTreeSet::new();
    let mut items = items;
    items.find_map(|item| seen.replace(item))
}

/// One table: a source of keys for all its issuers, or one for each.
fn one(reader: &mut Reader<'_>, defaults: &Defaults) -> Vec<IssuerSettings> {
    let names = required(
        reader,
        "issuer",
        "it is missing: set it to the `iss` of your provider's tokens, such as \
         `https://tenant.eu.auth0.com/`, or set AUTH0_DOMAIN",
    );
    let audience = match &defaults.audience {
        Some(shared) if !reader.has("audience") => shared.clone(),
        _ => audience(reader),
    };
    let own = algorithms(reader);
    let algorithms = own
        .or_else(|| defaults.algorithms.clone())
        .unwrap_or_else(|| vec![Algorithm::RS256]);
    let mut authorities = authorities(reader);
    authorities.extend(defaults.authorities.iter().cloned());
    let keys = keys(reader, &names, &algorithms, &authorities);
    keys.into_iter()
        .map(|(names, keys)| IssuerSettings {
            names,
            audience: audience.clone(),
            algorithms: algorithms.clone(),
            keys,
        })
        .collect()
}

pub(super) fn audience(reader: &mut Reader<'_>) -> Vec<String> {
    required(
        reader,
        "audience",
        "it is missing: set it to the identifier of your API, which tokens carry as `aud`, or set \
         API_IDENTIFIER",
    )
}

fn required(reader: &mut Reader<'_>, key: &str, missing: &str) -> Vec<String> {
    if !reader.has(key) {
        reader.problem(key, missing);
    }
    reader.strings(key).unwrap_or_default()
}

fn keys(
    reader: &mut Reader<'_>,
    names: &[String],
    algorithms: &[Algorithm],
    authorities: &[Certificate],
) -> Vec<(Vec<String>, KeySettings)> {
    let given: Vec<&str> = SOURCES
        .into_iter()
        .filter(|key| reader.wants(key))
        .collect();
    if let [first, second, ..] = given[..] {
        reader.problem(
            second,
            &format!("it stands beside `{first}`: keep one source of keys"),
        );
        return Vec::new();
    }
    let fixed = match given.first() {
        Some(&"jwks_file") => jwks_file(reader, algorithms),
        Some(&"public_key") => public_key(reader, algorithms),
        _ => {
            let origins = origins(reader, names);
            let snapshot = snapshot(reader, &origins);
            let remote = |(names, origin)| {
                let (authorities, snapshot) = (authorities.to_vec(), snapshot.clone());
                (
                    names,
                    KeySettings::Remote {
                        origin,
                        authorities,
                        snapshot,
                    },
                )
            };
            return origins.into_iter().map(remote).collect();
        }
    };
    for key in ["ca_certificate", "jwks_snapshot"] {
        if reader.has(key) {
            reader.problem(
                key,
                "it is for keys that are fetched, and these are from a file",
            );
        }
    }
    fixed
        .map(|keys| (names.to_vec(), keys))
        .into_iter()
        .collect()
}

/// Where keys are fetched from: in one place for all of these issuers, or in one for each.
fn origins(reader: &mut Reader<'_>, names: &[String]) -> Vec<(Vec<String>, Origin)> {
    if reader.has("jwks_uri") {
        let uri = reader
            .string("jwks_uri")
            .and_then(|uri| endpoint(reader, "jwks_uri", &uri));
        return uri
            .map(|uri| (names.to_vec(), Origin::At(uri)))
            .into_iter()
            .collect();
    }
    let discovery = reader.flag("discovery");
    let mut origin = |name: &String| {
        // RFC 8414 §2: an issuer has neither, and a path could not be joined to one that had.
        if name.contains(['?', '#']) {
            let message = format!("`{name}` has a query or a fragment: set `jwks_uri` as well");
            reader.problem("issuer", &message);
            return None;
        }
        // Checked by itself: a path behind `https://` would become the host.
        endpoint(reader, "issuer", name)?;
        let uri = endpoint(
            reader,
            "issuer",
            &jwks::joined(name, ".well-known/jwks.json"),
        )?;
        Some(if discovery {
            Origin::Discovered(Discovery::new(name, &[])?)
        } else {
            Origin::At(uri)
        })
    };
    names
        .iter()
        .filter_map(|name| Some((vec![name.clone()], origin(name)?)))
        .collect()
}

fn snapshot(reader: &mut Reader<'_>, origins: &[(Vec<String>, Origin)]) -> Option<Snapshot> {
    let path = PathBuf::from(reader.string("jwks_snapshot")?);
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        reader.problem(
            "jwks_snapshot",
            &format!("{} is in no folder: make it first", path.display()),
        );
    }
    if let [(_, origin)] = origins {
        return Some(Snapshot::new(path, origin.url().to_string()));
    }
    if origins.is_empty() {
        // Their own problem is noted already.
        return None;
    }
    reader.problem(
        "jwks_snapshot",
        "each issuer needs a file of its own: write a table for each under `issuers`",
    );
    None
}

fn jwks_file(reader: &mut Reader<'_>, algorithms: &[Algorithm]) -> Option<KeySettings> {
    let (path, content) = file(reader, "jwks_file")?;
    match KeySet::parse(&content, algorithms) {
        // Nobody replaces it later, so that what a fetched set may lack is a mistake here.
        Ok((keys, skipped)) if keys.len() == 0 => {
            let why = skipped
                .first()
                .map_or_else(String::new, |key| format!(": {}", key.reason));
            reader.problem(
                "jwks_file",
                &format!("{path} has no key that can serve{why}"),
            );
            None
        }
        Ok((keys, skipped)) => {
            for key in skipped {
                log::warn!("{path}: key {:?} is not used: {}", key.kid, key.reason);
            }
            Some(KeySettings::Fixed { keys, from: path })
        }
        Err(error) => {
            reader.problem("jwks_file", &format!("{path} is no key set: {error}"));
            None
        }
    }
}

fn public_key(reader: &mut Reader<'_>, algorithms: &[Algorithm]) -> Option<KeySettings> {
    let (path, content) = file(reader, "public_key")?;
    match Key::from_pem(&content, algorithms) {
        Ok(key) => Some(KeySettings::Fixed {
            keys: KeySet::from_key(key),
            from: path,
        }),
        Err(error) => {
            reader.problem(
                "public_key",
                &format!("{path}: {error} (`algorithms` say which)"),
            );
            None
        }
    }
}

fn authorities(reader: &mut Reader<'_>) -> Vec<Certificate> {
    let Some((path, content)) = file(reader, "ca_certificate") else {
        return Vec::new();
    };
    jwks::authorities(&content).unwrap_or_else(|error| {
        reader.problem("ca_certificate", &format!("{path}: {error}"));
        Vec::new()
    })
}

/// The path and content of the file that a key names.
fn file(reader: &mut Reader<'_>, key: &str) -> Option<(String, Vec<u8>)> {
    let path = reader.string(key)?;
    match fs::read(&path) {
        Ok(content) => Some((path, content)),
        Err(error) => {
            reader.problem(key, &format!("{path} cannot be read: {error}"));
            None
        }
    }
}

fn algorithms(reader: &mut Reader<'_>) -> Option<Vec<Algorithm>> {
    let names = reader.strings("algorithms")?;
    let mut algorithms = Vec::new();
    for name in names {
        match name.parse::<Algorithm>() {
            Ok(algorithm) if algorithm.is_asymmetric() => algorithms.push(algorithm),
            _ => reader.problem("algorithms", &no_algorithm(&name)),
        }
    }
    Some(algorithms)
}

fn no_algorithm(name: &str) -> String {
    let known = "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA";
    let why = if name.eq_ignore_ascii_case("none") {
        "would accept tokens without a signature"
    } else if name.starts_with("HS") {
        "is for shared secrets (`secret`), which no key set can hold"
    } else {
        "is not known"
    };
    format!("`{name}` {why}: choose from {known}")
}

/// A URL that keys may be fetched from.
fn endpoint(reader: &mut Reader<'_>, key: &str, text: &str) -> Option<Url> {
    let problem = match Url::parse(text) {
        // Which may hold a password.
        Err(error) if text.contains('@') => {
            format!("it is not a URL ({error}): write it as `https://host/path`")
        }
        Err(error) => format!("`{text}` is not a URL ({error}): write it as `https://host/path`"),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            "a URL with a user or password is not supported: remove them".to_owned()
        }
        Ok(url) if url.fragment().is_some() => {
            format!("`{text}` has a fragment: remove what follows `#`")
        }
        Ok(url) if http::is_allowed(&url, &[]) => return Some(url),
        Ok(url) if url.scheme() == "http" => format!(
            "`{text}` is plain http to a host that is not loopback, so that anyone on the way \
             could put in keys of their own: use https"
        ),
        Ok(_) => format!("`{text}` is not an https URL: write it as `https://host/path`"),
    };
    reader.problem(key, &problem);
    None
}

#[cfg(test)]
mod tests;
