//! Reads the table of the local issuer.

use std::collections::BTreeSet;

use rocket::figment::value::{Dict, Value};

use super::super::key::{OptionalKey, Row, keys};
use super::super::problem::Problem;
use super::super::reader::{Groups, Reader};
use super::super::table::Table;
use super::super::tokens;
use super::super::values::{text, texts};
use super::super::{DEBUG, introspection, issuers, key_source, secrets};
use super::LOCAL;
use crate::issuer::{LocalClient, LocalSettings, LocalUser, is_reserved};
use crate::token::{ClaimNames, scope};

keys! {
    /// The users that the login page offers, a list of tables.
    USERS: OptionalKey<Vec<Value>> = ("users", Auth, "three users: see below", tables);

    /// The clients that authenticate with a secret, or whose redirect URIs are not on a loopback
    /// address, a list of tables.
    CLIENTS: OptionalKey<Vec<Value>> = ("clients", Auth, "none", tables);
}

mod user {
    use super::{Dict, OptionalKey, claims, keys, list, text};

    keys! {
        /// The user's `sub`.
        SUB: OptionalKey<String> = ("sub", Auth, "required", text);

        /// The name that the login page shows, and the claim `name` of ID tokens and of `userinfo`.
        NAME: OptionalKey<String> = ("name", Auth, "none", text);

        /// The scopes that the user may have, separated by spaces. A client that asks for none gets
        /// all of them.
        SCOPE: OptionalKey<String> = ("scope", Auth, "every scope that a client asks for", super::scopes);

        /// The user's permissions, where `permissions_claim` has them.
        PERMISSIONS: OptionalKey<Vec<String>> = ("permissions", Auth, "none", list);

        /// The user's roles, where `roles_claim` has them.
        ROLES: OptionalKey<Vec<String>> = ("roles", Auth, "none", list);

        /// A table of other claims.
        CLAIMS: OptionalKey<Dict> = ("claims", Auth, "none", claims);
    }
}

mod client {
    use super::{OptionalKey, keys, text, texts};

    keys! {
        /// The client's name.
        CLIENT_ID: OptionalKey<String> = ("client_id", Auth, "required", text);

        /// The secret with which the client must authenticate.
        CLIENT_SECRET: OptionalKey<String> = ("client_secret", Auth, "none: anyone may use the name", text);

        /// The redirect URIs that the client may use, compared exactly.
        REDIRECT_URIS: OptionalKey<Vec<String>> =
            ("redirect_uris", Auth, "those on a loopback address", texts);
    }
}

static LOCAL_GROUPS: Groups = &[KEYS];
static USER_GROUPS: Groups = &[user::KEYS];
static CLIENT_GROUPS: Groups = &[client::KEYS];

/// Returns whether a local issuer may run: neither an issuer nor a secret is configured, and the
/// profile is `debug`. Any other profile may be used in production.
pub(crate) fn is_wanted(table: &Table) -> bool {
    let groups: [&[&Row]; 4] = [
        issuers::KEYS,
        key_source::KEYS,
        introspection::KEYS,
        secrets::KEYS,
    ];
    let mut rows = groups.into_iter().flatten();
    *table.profile() == DEBUG && rows.all(|row| table.get(row.name).is_none())
}

/// Reads the table of the local issuer, and where the API reads grants.
///
/// # Errors
/// Returns all problems.
pub(crate) fn read(
    table: &Table,
    is_offered: bool,
) -> Result<(LocalSettings, ClaimNames), Vec<Problem>> {
    let mut reader = Reader::unchecked(table.clone());
    let settings = read_within(&mut reader);
    if reader.is_set(&LOCAL) && !is_offered {
        reader.problem(
            &LOCAL,
            "no local issuer starts: call `.or_local_issuer(…)` of `Auth::builder()`, or remove this \
             table",
        );
    }
    // Problems with other keys are reported elsewhere.
    let problems = reader.finish();
    let names = tokens::claim_names(&mut Reader::unchecked(table.clone()));
    problems.map(|()| (settings, names))
}

pub(super) fn read_within(reader: &mut Reader) -> LocalSettings {
    let settings = reader.table(&LOCAL, LOCAL_GROUPS, |local| LocalSettings {
        users: read_list(local, &USERS, USER_GROUPS, read_user),
        clients: read_list(local, &CLIENTS, CLIENT_GROUPS, read_client),
    });
    settings.unwrap_or_default()
}

/// Reads a list of tables, which must have different names.
fn read_list<T>(
    local: &mut Reader,
    key: &OptionalKey<Vec<Value>>,
    groups: Groups,
    read: fn(&mut Reader) -> Option<(String, T)>,
) -> Option<Vec<T>> {
    if !local.is_set(key) {
        return None;
    }
    let all = local.each_table_of(key, groups, |table| read(table).into_iter().collect());
    let mut names = BTreeSet::new();
    for (name, _) in &all {
        if !names.insert(name.clone()) {
            local.problem(key, format!("`{name}` occurs twice: keep one of the two"));
        }
    }
    Some(all.into_iter().map(|(_, item)| item).collect())
}

fn read_user(reader: &mut Reader) -> Option<(String, LocalUser)> {
    let subject = reader.required(&user::SUB, "it is missing: set it to the user's `sub`");
    let name = reader.optional(&user::NAME);
    let scope = reader.optional(&user::SCOPE);
    let permissions = reader.optional(&user::PERMISSIONS);
    let roles = reader.optional(&user::ROLES);
    let claims = reader.optional(&user::CLAIMS);
    let subject = subject?;
    let mut user = LocalUser::new(&subject)
        .with_permissions(permissions.unwrap_or_default())
        .with_roles(roles.unwrap_or_default());
    if let Some(name) = name {
        user = user.with_name(name);
    }
    if let Some(scope) = scope {
        user = user.with_scope(scope);
    }
    for (name, value) in claims.unwrap_or_default() {
        let value = serde_json::to_value(value).unwrap_or_default();
        user = user.with_claim(name, value);
    }
    Some((subject, user))
}

fn read_client(reader: &mut Reader) -> Option<(String, LocalClient)> {
    let id = reader.required(
        &client::CLIENT_ID,
        "it is missing: set it to the client's name",
    );
    let secret = reader.optional(&client::CLIENT_SECRET);
    let uris = reader.optional(&client::REDIRECT_URIS);
    let id = id?;
    let mut client = LocalClient::new(&id).with_redirect_uris(uris.unwrap_or_default());
    if let Some(secret) = secret {
        client = client.with_secret(secret);
    }
    if let Err(problem) = client.check() {
        reader.problem(&client::REDIRECT_URIS, problem);
    }
    Some((id, client))
}

fn tables(value: &Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(_, list) if !list.is_empty() => Ok(list.clone()),
        _ => Err("it must be a list of tables, such as `[[debug.auth.local.users]]`".to_owned()),
    }
}

/// Reads one string, or a list that may be empty.
fn list(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(_, list) if list.is_empty() => Ok(Vec::new()),
        value => texts(value),
    }
}

/// Reads scopes, of which there may be none.
fn scopes(value: &Value) -> Result<String, String> {
    let text = value.as_str().ok_or("it must be a string in quotes")?;
    let invalid = scope::split(text).find(|part| !scope::is_scope_token(part));
    match invalid {
        Some(part) => Err(format!(
            "`{part}` is not a scope (RFC 6749 §3.3): write scopes without quotes and backslashes, \
             separated by spaces"
        )),
        None => Ok(text.to_owned()),
    }
}

fn claims(value: &Value) -> Result<Dict, String> {
    let claims = value.as_dict().ok_or("it must be a table of claims")?;
    match claims.keys().find(|name| is_reserved(name)) {
        Some(name) => Err(format!(
            "the issuer decides the claim `{name}` by itself: remove it"
        )),
        None => Ok(claims.clone()),
    }
}

#[cfg(test)]
mod tests;
