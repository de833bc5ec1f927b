//! Configures issuers: `issuer` and the keys beside it, or several tables of them in `issuers`.

use std::collections::BTreeSet;

use reqwest::tls::Certificate;
use rocket::figment::value::Value;

use super::algorithms::algorithms;
use super::key::{Key, OptionalKey, Place, keys};
use super::key_source::{self, KeySettings};
use super::named::Named;
use super::names;
use super::reader::Reader;
use super::values::texts;
use crate::jwks::Algorithm;
use crate::verify::AudienceClaim;

/// One source of keys, and the issuers that it serves.
#[derive(Debug)]
pub(crate) struct IssuerSettings {
    /// The accepted `iss`, of which there is at least one.
    pub(crate) names: Vec<String>,
    pub(crate) audience: Vec<String>,
    pub(crate) audience_claims: Vec<AudienceClaim>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) keys: KeySettings,
}

/// The values that the tables of `issuers` inherit from the table `auth`.
#[derive(Default)]
struct Inherited<'a> {
    /// The hosts that may be asked over plain HTTP.
    http_hosts: &'a [String],
    audience: Option<Vec<String>>,
    audience_claims: Option<Vec<AudienceClaim>>,
    algorithms: Option<Vec<Algorithm>>,
    authorities: Vec<Certificate>,
}

keys! {
    /// The accepted `iss`, one or a list. It is compared exactly: a slash at the end counts.
    ISSUER: OptionalKey<Vec<String>> = ("issuer", Issuer,
        "required; optional with a shared secret, but checked if set", names::issuers);

    /// The accepted `aud`, one or a list. It is compared exactly.
    AUDIENCE: OptionalKey<Vec<String>> = ("audience", Inherited, "required", names::names);

    /// The claims that may hold the audience, one or a list of `aud`, `client_id` and `azp`. The last
    /// two are for issuers whose access tokens have no `aud`, and count only in tokens without one.
    AUDIENCE_CLAIMS: Key<Vec<AudienceClaim>> =
        ("audience_claims", Inherited, "[\"aud\"]", audience_claims);

    /// The accepted `alg`, one or a list: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or
    /// `EdDSA` (also written Ed25519).
    ALGORITHMS: OptionalKey<Vec<Algorithm>> =
        ("algorithms", Inherited, "`[\"RS256\"]`", algorithms);

    /// A list of tables in place of `issuer`, for issuers that differ in more than their names. Each
    /// table has an `issuer`, and its own `audience`, `algorithms`, key source, `jwks_snapshot` and
    /// `ca_certificate` if it needs them. It inherits the `audience`, `algorithms` and
    /// `ca_certificate` that are set beside the list.
    ISSUERS: OptionalKey<Vec<Value>> = ("issuers", Auth, "none", tables);
}

pub(super) fn read(reader: &mut Reader, http_hosts: &[String]) -> Vec<IssuerSettings> {
    if !reader.is_set(&ISSUERS) {
        let inherited = Inherited {
            http_hosts,
            ..Inherited::default()
        };
        let issuers = read_table(reader, &inherited, ", or set AUTH0_DOMAIN");
        check_unique(reader, &ISSUER, &issuers);
        return issuers;
    }
    let misplaced: Vec<_> = reader
        .rows()
        .filter(|row| row.place == Place::Issuer && reader.is_set(row))
        .collect();
    for row in misplaced {
        reader.problem(
            row,
            "it cannot be set beside `issuers`: move it into one of those tables",
        );
    }
    let inherited = Inherited {
        http_hosts,
        audience_claims: reader
            .is_set(&AUDIENCE_CLAIMS)
            .then(|| reader.value(&AUDIENCE_CLAIMS)),
        audience: reader.optional(&AUDIENCE),
        algorithms: reader.optional(&ALGORITHMS),
        authorities: key_source::authorities(reader),
    };
    let issuers = reader.each_table(&ISSUERS, |table| read_table(table, &inherited, ""));
    check_unique(reader, &ISSUERS, &issuers);
    issuers
}

/// Reads one table, which has one source of keys for all its issuers, or one for each. `or_else` says
/// how the issuer can also be set.
fn read_table(
    reader: &mut Reader,
    inherited: &Inherited<'_>,
    or_else: &str,
) -> Vec<IssuerSettings> {
    let missing = format!(
        "it is missing: set it to the `iss` of your provider's tokens, such as \
         `https://tenant.eu.auth0.com/`{or_else}"
    );
    let names = reader.required(&ISSUER, &missing);
    let audience = match &inherited.audience {
        Some(inherited) if !reader.is_set(&AUDIENCE) => inherited.clone(),
        _ => audience(reader),
    };
    let audience_claims = match &inherited.audience_claims {
        Some(inherited) if !reader.is_set(&AUDIENCE_CLAIMS) => inherited.clone(),
        _ => reader.value(&AUDIENCE_CLAIMS),
    };
    let algorithms = reader
        .optional(&ALGORITHMS)
        .or_else(|| inherited.algorithms.clone())
        .unwrap_or_else(|| vec![Algorithm::RS256]);
    let names = names.unwrap_or_default();
    let issuers = Named {
        key: &ISSUER,
        names: &names,
        algorithms: &algorithms,
        http_hosts: inherited.http_hosts,
    };
    let sources = key_source::read(reader, &issuers, &inherited.authorities);
    let issuer = |(names, keys)| IssuerSettings {
        names,
        audience: audience.clone(),
        audience_claims: audience_claims.clone(),
        algorithms: algorithms.clone(),
        keys,
    };
    sources.into_iter().map(issuer).collect()
}

pub(super) fn audience(reader: &mut Reader) -> Vec<String> {
    let audience = reader.required(
        &AUDIENCE,
        "it is missing: set it to the identifier of your API, which tokens carry as `aud`, or set \
         API_IDENTIFIER",
    );
    audience.unwrap_or_default()
}

fn audience_claims(value: &Value) -> Result<Vec<AudienceClaim>, String> {
    let names = texts(value)?;
    let claim = |name: &String| match name.as_str() {
        "aud" => Some(AudienceClaim::Audience),
        "client_id" => Some(AudienceClaim::ClientId),
        "azp" => Some(AudienceClaim::AuthorizedParty),
        _ => None,
    };
    let claims: Option<Vec<_>> = names.iter().map(claim).collect();
    match claims {
        Some(claims) if repeated(names.iter()).is_none() => Ok(claims),
        _ => Err("it must be `aud`, `client_id` or `azp`, or a list of them, each once".to_owned()),
    }
}

fn tables(value: &Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(_, tables) if !tables.is_empty() => Ok(tables.clone()),
        _ => Err("it must be a list of tables: write `[[default.auth.issuers]]`".to_owned()),
    }
}

/// Reports an issuer or a snapshot file that is named more than once, and a second endpoint.
fn check_unique<T>(reader: &mut Reader, key: &OptionalKey<T>, issuers: &[IssuerSettings]) {
    let names = issuers.iter().flat_map(|issuer| &issuer.names);
    if let Some(name) = repeated(names) {
        reader.problem(key, format!("it names `{name}` twice: keep one of them"));
    }
    let snapshots = issuers.iter().filter_map(|issuer| match &issuer.keys {
        KeySettings::Remote { snapshot, .. } => Some(snapshot.as_ref()?.path()),
        KeySettings::Fixed { .. } | KeySettings::Introspection(_) => None,
    });
    let introspected = issuers
        .iter()
        .filter(|issuer| matches!(issuer.keys, KeySettings::Introspection(_)));
    if introspected.count() > 1 {
        reader.problem(
            key,
            "two of them have `introspection_endpoint`: a token that is not a JWT does not say \
             which of them to ask",
        );
    }
    if let Some(path) = repeated(snapshots) {
        let message = format!(
            "two issuers have the `jwks_snapshot` `{}`: each needs its own file",
            path.display()
        );
        reader.problem(key, message);
    }
}

/// Returns the first repeated item.
fn repeated<T: Ord>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = BTreeSet::new();
    items.find_map(|item| seen.replace(item))
}

#[cfg(test)]
mod tests;
