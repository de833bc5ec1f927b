//! Writes and compares scopes for Auth0, where the scopes ("permissions") of an API are a list at its
//! resource server, and each client grant has some of them.

use serde_json::{Value, json};

use super::{Offer, Provider};
use crate::check::report::Finding;
use crate::routes::ApiScope;

/// Returns the body of `PATCH /api/v2/resource-servers/{id}`.
pub(super) fn body(scopes: &[ApiScope]) -> Value {
    let scopes: Vec<_> = scopes
        .iter()
        .map(|scope| {
            let description = scope.description().unwrap_or(scope.name());
            json!({ "value": scope.name(), "description": description })
        })
        .collect();
    json!({ "scopes": scopes })
}

/// The parts of an export that concern the API with our audience.
pub(super) struct Tenant {
    /// The scopes of the resource server, if the export has it.
    defined: Option<Vec<String>>,
    /// The scopes of each client grant, if the export has grants.
    grants: Option<Vec<Grant>>,
}

struct Grant {
    client: String,
    scopes: Vec<String>,
    has_all: bool,
}

impl Tenant {
    /// Reads an export.
    ///
    /// # Errors
    /// Fails if the export is not one of Auth0, or is of other APIs.
    pub(super) fn read(export: &Value, audiences: &[String]) -> Result<Self, Finding> {
        let servers = list(export, &["resource_servers", "resourceServers"], |server| {
            server.get("scopes").is_some_and(Value::is_array) && server.get("identifier").is_some()
        });
        let grants = list(export, &["client_grants", "clientGrants"], |grant| {
            grant.get("scope").is_some_and(Value::is_array) && grant.get("audience").is_some()
        });
        if servers.is_empty() && grants.is_empty() {
            return Err(Finding::problem(
                "export",
                "it is neither an export of Auth0 nor the export of a Keycloak realm",
            )
            .expected(
                "a resource server with `identifier` and `scopes`, client grants with `audience` and \
                 `scope`, or a realm with `clientScopes`",
            ));
        }
        let is_ours =
            |audience: &str| audiences.is_empty() || audiences.iter().any(|own| own == audience);
        let ours: Vec<_> = servers
            .iter()
            .filter(|server| is_ours(&text(server, "identifier")))
            .collect();
        if !servers.is_empty() && ours.is_empty() {
            let found: Vec<_> = servers
                .iter()
                .map(|server| text(server, "identifier"))
                .collect();
            return Err(Finding::problem(
                "export",
                format!("it has the APIs {}, and not this one", found.join(", ")),
            )
            .expected(audiences.join(", "))
            .fix("export the API whose identifier is the `audience`"));
        }
        let defined = ours.iter().flat_map(|server| members(server, "scopes"));
        let defined = defined.map(|scope| text(scope, "value")).collect();
        let ours = grants
            .iter()
            .filter(|grant| is_ours(&text(grant, "audience")));
        let granted = ours.map(|grant| Grant {
            client: text(grant, "client_id"),
            scopes: members(grant, "scope")
                .filter_map(|scope| scope.as_str().map(str::to_owned))
                .collect(),
            has_all: grant.get("allow_all_scopes") == Some(&Value::Bool(true)),
        });
        Ok(Self {
            defined: (!servers.is_empty()).then_some(defined),
            grants: (!grants.is_empty()).then(|| granted.collect()),
        })
    }
}

impl Provider for Tenant {
    fn offer(&self, scope: &str) -> Offer {
        let is_defined = |defined: &Vec<String>| defined.iter().any(|own| own == scope);
        if !self.defined.as_ref().is_none_or(is_defined) {
            return Offer::Never {
                why: "the API at Auth0 does not define it".to_owned(),
                fix: "add it to the permissions of the API, such as with `scopes --for auth0`"
                    .to_owned(),
            };
        }
        let Some(grants) = &self.grants else {
            return Offer::Issued("the API at Auth0 defines it".to_owned());
        };
        let has = |grant: &&Grant| grant.has_all || grant.scopes.iter().any(|own| own == scope);
        let clients: Vec<_> = grants
            .iter()
            .filter(has)
            .map(|grant| &*grant.client)
            .collect();
        if clients.is_empty() {
            Offer::Unclear(
                "no client grant has it, so no machine gets it; users may get it from an application that \
                 asks for it"
                    .to_owned(),
            )
        } else {
            Offer::Issued(format!("granted to the clients {}", clients.join(", ")))
        }
    }
}

/// Returns the objects of one kind: the export itself, its items, or the items of one of its members.
fn list<'e>(
    export: &'e Value,
    names: &[&str],
    is_of_kind: impl Fn(&Value) -> bool,
) -> Vec<&'e Value> {
    let member = names.iter().find_map(|name| export.get(name));
    let items = match member.unwrap_or(export) {
        Value::Array(items) => items.iter().collect(),
        object => vec![object],
    };
    items
        .into_iter()
        .filter(|object| is_of_kind(object))
        .collect()
}

fn members<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text(value: &Value, name: &str) -> String {
    value
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
