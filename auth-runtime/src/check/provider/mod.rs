//! Writes the scopes of an API in the form of a provider, and compares them with what a provider has.

mod auth0;
mod keycloak;
mod terraform;

use std::str::FromStr;

use serde_json::Value;

use super::report::{CheckReport, Finding, Section};
use crate::routes::{ApiScope, Policies};

/// A form in which a provider takes scopes: see [`Policies::scopes_for`].
///
/// [OpenAPI](crate::guide::openapi#scopes-at-a-provider) shows how to use each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeFormat {
    /// The body of `PATCH /api/v2/resource-servers/{id}` of Auth0's Management API.
    Auth0,
    /// The member `clientScopes` of a Keycloak realm.
    Keycloak,
    /// The resource `auth0_resource_server_scopes` of the Terraform provider `auth0/auth0`.
    Terraform,
}

impl FromStr for ScopeFormat {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "auth0" => Ok(Self::Auth0),
            "keycloak" => Ok(Self::Keycloak),
            "terraform" => Ok(Self::Terraform),
            other => Err(format!(
                "the provider {other:?} is not known: write `auth0`, `keycloak` or `terraform`"
            )),
        }
    }
}

impl Policies {
    /// Writes the scopes of the API in the form of a provider, with the descriptions of
    /// [`scopes!`](crate::scopes).
    ///
    /// ```
    /// use auth_runtime::{Policies, ScopeFormat, requires_scope, routes};
    /// use rocket::get;
    ///
    /// #[requires_scope("read:messages")]
    /// #[get("/messages")]
    /// fn messages() {}
    ///
    /// # fn main() {
    /// let policies = Policies::of(&rocket::build().mount("/", routes![messages]));
    /// let scopes = policies.scopes_for(ScopeFormat::Auth0);
    /// assert!(scopes.contains(r#""value": "read:messages""#));
    /// # }
    /// ```
    pub fn scopes_for(&self, format: ScopeFormat) -> String {
        let scopes = self.scopes();
        match format {
            ScopeFormat::Auth0 => pretty(&auth0::body(&scopes)),
            ScopeFormat::Keycloak => pretty(&keycloak::client_scopes(&scopes)),
            ScopeFormat::Terraform => terraform::resource(&scopes, self.audiences()),
        }
    }

    /// Compares the scopes that the routes require with those that a provider can issue. The export is
    /// JSON:
    ///
    /// - from Auth0's Management API, a resource server or a list of them, a list of client grants, or
    ///   an object with the members `resource_servers` and `client_grants`;
    /// - from Keycloak, the export of a realm.
    ///
    /// A scope that a route requires and no client can get is a problem: callers would only ever get a
    /// 403. If the route has alternatives, it is a warning.
    pub fn check_scopes(&self, export: &str) -> CheckReport {
        let findings = match serde_json::from_str::<Value>(export) {
            Ok(export) => self.compare(&export),
            Err(error) => vec![
                Finding::problem("export", format!("it is not JSON: {error}"))
                    .fix("export it from Auth0's Management API or from Keycloak as JSON"),
            ],
        };
        CheckReport::new(vec![Section::new("Scopes at the provider", findings)], None)
    }

    fn compare(&self, export: &Value) -> Vec<Finding> {
        let provider: Box<dyn Provider> = if let Some(realm) = keycloak::Realm::read(export) {
            Box::new(realm)
        } else {
            match auth0::Tenant::read(export, self.audiences()) {
                Ok(tenant) => Box::new(tenant),
                Err(finding) => return vec![finding],
            }
        };
        let required = self.scopes();
        let mut required = required
            .iter()
            .filter(|scope| scope.routes().next().is_some())
            .peekable();
        if required.peek().is_none() {
            return vec![Finding::note("scopes", "no route requires one")];
        }
        required
            .map(|scope| self.finding(scope, &*provider))
            .collect()
    }

    fn finding(&self, scope: &ApiScope, provider: &dyn Provider) -> Finding {
        let subject = scope.name();
        let routes: Vec<_> = scope.routes().collect();
        let routes = routes.join(", ");
        match provider.offer(subject) {
            Offer::Issued(how) => Finding::ok(subject, how),
            Offer::Unclear(why) => Finding::warning(subject, why),
            Offer::Never { why, fix } => {
                let found = format!("{why}; {routes} requires it");
                if self.is_indispensable(subject) {
                    Finding::problem(subject, found).fix(fix)
                } else {
                    Finding::warning(subject, format!("{found}, or another alternative")).fix(fix)
                }
            }
        }
    }
}

/// The scopes that a provider has.
trait Provider {
    /// Returns whether clients can get the scope.
    fn offer(&self, scope: &str) -> Offer;
}

/// Whether clients can get a scope.
enum Offer {
    /// The text says how.
    Issued(String),
    /// The export does not say; the text says why.
    Unclear(String),
    Never {
        why: String,
        fix: String,
    },
}

fn pretty(value: &Value) -> String {
    // A value always has a text.
    serde_json::to_string_pretty(value).unwrap_or_default()
}
