//! Defines the users that the issuer can log in, and what it grants them.

mod grants;

use serde_json::{Map, Value, json};

use self::grants::{GrantList, ScopeLimit};
use super::claims::set_claim;
use super::reserved::is_reserved;
use crate::token::{ClaimNames, scope};

/// Scopes about the login itself. A client may always have them.
pub(super) const OPENID_SCOPES: [&str; 3] = ["openid", "profile", "offline_access"];

/// A user of the local issuer: who it is, and what tokens grant it.
///
/// ```
/// use auth_runtime::issuer::LocalUser;
///
/// let user = LocalUser::new("ann")
///     .with_name("Ann Example")
///     .with_scope("read:messages write:messages")
///     .with_roles(["editor"])
///     .with_claim("org_id", "acme");
/// assert_eq!(user.subject(), "ann");
/// ```
///
/// [The local issuer](crate::guide::local_issuer#users) describes users.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalUser {
    subject: String,
    name: Option<String>,
    scope: ScopeLimit,
    permissions: GrantList,
    roles: GrantList,
    claims: Map<String, Value>,
}

/// What the routes of an API require, which the default users get, and where the API reads it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ApiGrants {
    pub(crate) scopes: Vec<String>,
    pub(crate) permissions: Vec<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) claim_names: ClaimNames,
}

impl LocalUser {
    /// Creates a user with this `sub`, without permissions and roles. A client gets every scope that it
    /// asks for.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            name: None,
            scope: ScopeLimit::Any,
            permissions: GrantList::Listed(Vec::new()),
            roles: GrantList::Listed(Vec::new()),
            claims: Map::new(),
        }
    }

    /// Sets the name that the login page shows and that `userinfo` returns.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the scopes that the user may have, separated by spaces. A client that asks for others does
    /// not get them, and a client that asks for none gets all of these.
    #[must_use]
    pub fn with_scope(mut self, scope: impl AsRef<str>) -> Self {
        let scopes = scope::split(scope.as_ref()).map(str::to_owned).collect();
        self.scope = ScopeLimit::Listed(GrantList::Listed(scopes));
        self
    }

    /// Sets the user's permissions.
    #[must_use]
    pub fn with_permissions<P: Into<String>>(
        mut self,
        permissions: impl IntoIterator<Item = P>,
    ) -> Self {
        self.permissions = GrantList::listed(permissions);
        self
    }

    /// Sets the user's roles.
    #[must_use]
    pub fn with_roles<R: Into<String>>(mut self, roles: impl IntoIterator<Item = R>) -> Self {
        self.roles = GrantList::listed(roles);
        self
    }

    /// Sets another claim of the user's tokens. The issuer does not start with a claim that it
    /// decides by itself, such as `iss` or `cnf`.
    #[must_use]
    pub fn with_claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Returns the user's `sub`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Returns the user's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the users of an issuer for which no users are configured.
    pub(super) fn defaults() -> Vec<Self> {
        let everything = Self {
            scope: ScopeLimit::Listed(GrantList::Required),
            permissions: GrantList::Required,
            roles: GrantList::Required,
            ..Self::new("ann")
        };
        let reading = Self {
            scope: ScopeLimit::Listed(GrantList::RequiredForReading),
            permissions: GrantList::RequiredForReading,
            ..Self::new("ben")
        };
        vec![
            everything.with_name("Ann (may do everything)"),
            reading.with_name("Ben (may only read)"),
            Self::new("cleo")
                .with_name("Cleo (may do nothing)")
                .with_scope(""),
        ]
    }

    /// # Errors
    /// Says what is wrong with the user.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.subject.trim().is_empty() {
            return Err("a user has an empty `sub`".to_owned());
        }
        match self.claims.keys().find(|name| is_reserved(name)) {
            Some(name) => Err(format!(
                "the user `{}` sets the claim `{name}`, which the issuer decides by itself",
                self.subject
            )),
            None => Ok(()),
        }
    }

    /// Returns the scopes that the user has if a client asks for these. Without a request, the user
    /// has all that are listed.
    pub(super) fn granted_scopes(&self, requested: Option<&str>, api: &ApiGrants) -> Vec<String> {
        let requested = requested.map(scope::split);
        match (&self.scope, requested) {
            (ScopeLimit::Any, None) => Vec::new(),
            (ScopeLimit::Any, Some(requested)) => requested.map(str::to_owned).collect(),
            (ScopeLimit::Listed(list), None) => list.resolve(&api.scopes),
            (ScopeLimit::Listed(list), Some(requested)) => {
                let allowed = list.resolve(&api.scopes);
                let granted = requested.filter(|scope| {
                    OPENID_SCOPES.contains(scope) || allowed.iter().any(|allowed| allowed == scope)
                });
                granted.map(str::to_owned).collect()
            }
        }
    }

    /// Returns what ID tokens and `userinfo` say of the user, except for `sub`.
    pub(super) fn identity_claims(&self) -> Map<String, Value> {
        let mut claims = self.claims.clone();
        if let Some(name) = &self.name {
            claims.insert("name".to_owned(), name.as_str().into());
        }
        claims
    }

    /// Returns the claims of the user's access tokens, except for `sub` and scopes.
    pub(super) fn access_claims(&self, api: &ApiGrants) -> Map<String, Value> {
        let names = &api.claim_names;
        let mut claims = self.claims.clone();
        let permissions = self.permissions.resolve(&api.permissions);
        let roles = self.roles.resolve(&api.roles);
        for (name, values) in [(&names.permissions, permissions), (&names.roles, roles)] {
            if !values.is_empty() {
                set_claim(&mut claims, name, json!(values));
            }
        }
        claims
    }
}

#[cfg(test)]
mod tests;
