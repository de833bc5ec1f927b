//! Writes and compares scopes for Keycloak, where a scope is a client scope of the realm. Tokens of the
//! clients that have it contain it if its attribute `include.in.token.scope` says so.

use serde_json::{Value, json};

use super::{Offer, Provider};
use crate::routes::ApiScope;

const IN_TOKEN: &str = "include.in.token.scope";

/// Returns the member `clientScopes` of a realm.
pub(super) fn client_scopes(scopes: &[ApiScope]) -> Value {
    let scopes: Vec<_> = scopes
        .iter()
        .map(|scope| {
            let description = scope.description().unwrap_or(scope.name());
            json!({
                "name": scope.name(),
                "description": description,
                "protocol": "openid-connect",
                "attributes": {
                    IN_TOKEN: "true",
                    "display.on.consent.screen": "true",
                    "consent.screen.text": description,
                },
            })
        })
        .collect();
    json!({ "clientScopes": scopes })
}

/// The export of a realm.
pub(super) struct Realm<'e> {
    scopes: &'e [Value],
    clients: Option<&'e [Value]>,
}

impl<'e> Realm<'e> {
    /// Reads an export. Returns `None` if it is not that of a realm.
    pub(super) fn read(export: &'e Value) -> Option<Self> {
        let list = |name: &str| {
            export
                .get(name)
                .and_then(Value::as_array)
                .map(Vec::as_slice)
        };
        Some(Self {
            scopes: list("clientScopes")?,
            clients: list("clients"),
        })
    }
}

impl Provider for Realm<'_> {
    fn offer(&self, scope: &str) -> Offer {
        let has_name =
            |client_scope: &&Value| client_scope.get("name").and_then(Value::as_str) == Some(scope);
        let Some(own) = self.scopes.iter().find(has_name) else {
            return Offer::Never {
                why: "the realm has no client scope of this name".to_owned(),
                fix: "create it, such as from `scopes --for keycloak`, and assign it to a client"
                    .to_owned(),
            };
        };
        let attribute = own.get("attributes").and_then(|all| all.get(IN_TOKEN));
        // Keycloak treats a missing attribute as `true`.
        let is_in_token = attribute.is_none_or(|value| value.as_str() == Some("true"));
        if !is_in_token {
            return Offer::Never {
                why: "its client scope is not included in the token's `scope`".to_owned(),
                fix: "switch on \"Include in token scope\" for it".to_owned(),
            };
        }
        let Some(clients) = self.clients else {
            return Offer::Unclear(
                "the realm has it, and the export does not say which clients do: export the clients \
                 as well"
                    .to_owned(),
            );
        };
        let clients: Vec<_> = clients
            .iter()
            .filter_map(|client| holder(client, scope))
            .collect();
        if clients.is_empty() {
            Offer::Never {
                why: "no enabled client has its client scope".to_owned(),
                fix: "assign it to a client, as a default or as an optional scope".to_owned(),
            }
        } else {
            Offer::Issued(format!("assigned to the clients {}", clients.join(", ")))
        }
    }
}

/// Returns the name of an enabled client that has the scope.
fn holder<'c>(client: &'c Value, scope: &str) -> Option<&'c str> {
    let is_enabled = client.get("enabled") != Some(&Value::Bool(false));
    let lists = ["defaultClientScopes", "optionalClientScopes"];
    let mut scopes = lists
        .iter()
        .filter_map(|name| client.get(name).and_then(Value::as_array))
        .flatten();
    let has_it = scopes.any(|own| own.as_str() == Some(scope));
    (is_enabled && has_it).then(|| {
        client
            .get("clientId")
            .and_then(Value::as_str)
            .unwrap_or("(unnamed)")
    })
}
