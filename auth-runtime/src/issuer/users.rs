//! The users that the issuer can log in, and what it grants them.

use serde_json::{Map, Value, json};

use super::claims::set_claim;
use crate::token::{ClaimNames, scope};

/// Claims that the issuer decides by itself. A token with another value would not be what it seems.
const RESERVED: [&str; 21] = [
    "active",
    "act",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "events",
    "exp",
    "gty",
    "iat",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "scope",
    "sid",
    "sub",
    "token_type",
];

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
    permissions: Granted,
    roles: Granted,
    claims: Map<String, Value>,
}

/// The scopes that a user may have.
#[derive(Clone, Debug, PartialEq)]
enum ScopeLimit {
    /// All scopes that a client requests, and none if it does not request any.
    Any,
    /// These.
    Listed(Granted),
}

/// Scopes, permissions or roles.
#[derive(Clone, Debug, PartialEq)]
enum Granted {
    Listed(Vec<String>),
    /// All that a route of the API requires.
    Required,
    /// Those that a route of the API requires and that begin with `read`.
    RequiredForReading,
}

/// What the routes of an API require. The default users get it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ApiGrants {
    pub(crate) scopes: Vec<String>,
    pub(crate) permissions: Vec<String>,
    pub(crate) roles: Vec<String>,
}

impl LocalUser {
    /// Creates a user with this `sub`, without permissions and roles. A client gets every scope that it
    /// asks for.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            name: None,
            scope: ScopeLimit::Any,
            permissions: Granted::Listed(Vec::new()),
            roles: Granted::Listed(Vec::new()),
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
        self.scope = ScopeLimit::Listed(Granted::Listed(scopes));
        self
    }

    /// Sets the user's permissions.
    #[must_use]
    pub fn with_permissions<P: Into<String>>(
        mut self,
        permissions: impl IntoIterator<Item = P>,
    ) -> Self {
        self.permissions = Granted::listed(permissions);
        self
    }

    /// Sets the user's roles.
    #[must_use]
    pub fn with_roles<R: Into<String>>(mut self, roles: impl IntoIterator<Item = R>) -> Self {
        self.roles = Granted::listed(roles);
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
            scope: ScopeLimit::Listed(Granted::Required),
            permissions: Granted::Required,
            roles: Granted::Required,
            ..Self::new("ann")
        };
        let reading = Self {
            scope: ScopeLimit::Listed(Granted::RequiredForReading),
            permissions: Granted::RequiredForReading,
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
    pub(super) fn granted_scopes(&self, asked: Option<&str>, api: &ApiGrants) -> Vec<String> {
        let asked = asked.map(scope::split);
        match (&self.scope, asked) {
            (ScopeLimit::Any, None) => Vec::new(),
            (ScopeLimit::Any, Some(asked)) => asked.map(str::to_owned).collect(),
            (ScopeLimit::Listed(granted), None) => granted.of(&api.scopes),
            (ScopeLimit::Listed(granted), Some(asked)) => {
                let allowed = granted.of(&api.scopes);
                let asked = asked.filter(|scope| allowed.iter().any(|allowed| allowed == scope));
                asked.map(str::to_owned).collect()
            }
        }
    }

    /// Returns the claims of the user's access tokens, except for `sub` and scopes.
    pub(super) fn access_claims(&self, api: &ApiGrants, names: &ClaimNames) -> Map<String, Value> {
        let mut claims = self.claims.clone();
        let permissions = self.permissions.of(&api.permissions);
        let roles = self.roles.of(&api.roles);
        for (name, values) in [(&names.permissions, permissions), (&names.roles, roles)] {
            if !values.is_empty() {
                set_claim(&mut claims, name, json!(values));
            }
        }
        claims
    }
}

impl Granted {
    fn listed<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Self {
        Self::Listed(values.into_iter().map(Into::into).collect())
    }

    /// Returns the values, given those that the API requires.
    fn of(&self, required: &[String]) -> Vec<String> {
        match self {
            Self::Listed(values) => values.clone(),
            Self::Required => required.to_vec(),
            Self::RequiredForReading => {
                let reading = required.iter().filter(|value| value.starts_with("read"));
                reading.cloned().collect()
            }
        }
    }
}

/// Returns whether the issuer decides this claim itself.
pub(crate) fn is_reserved(claim: &str) -> bool {
    RESERVED.contains(&claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api() -> ApiGrants {
        let list = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
        ApiGrants {
            scopes: list(&["read:messages", "write:messages"]),
            permissions: list(&["read:logs", "delete:logs"]),
            roles: list(&["admin"]),
        }
    }

    #[test]
    fn a_user_without_a_list_of_scopes_has_those_that_a_client_asks_for() {
        let user = LocalUser::new("dora");
        assert_eq!(user.granted_scopes(Some("a  b"), &api()), ["a", "b"]);
        assert!(user.granted_scopes(None, &api()).is_empty());
    }

    #[test]
    fn a_list_of_scopes_is_a_limit_and_the_default() {
        let user = LocalUser::new("dora").with_scope("a b");
        assert_eq!(user.granted_scopes(Some("c b"), &api()), ["b"]);
        assert_eq!(user.granted_scopes(None, &api()), ["a", "b"]);
        let nothing = LocalUser::new("dora").with_scope("");
        assert!(nothing.granted_scopes(Some("a"), &api()).is_empty());
    }

    #[test]
    fn the_default_users_have_all_some_and_none_of_what_the_api_requires() {
        let users = LocalUser::defaults();
        let [ann, ben, cleo] = users.as_slice() else {
            panic!("three users: {users:?}");
        };
        let names = ClaimNames::default();
        assert_eq!(ann.granted_scopes(None, &api()), api().scopes);
        assert_eq!(
            Value::from(ann.access_claims(&api(), &names)),
            json!({ "permissions": ["read:logs", "delete:logs"], "roles": ["admin"] })
        );
        assert_eq!(ben.granted_scopes(None, &api()), ["read:messages"]);
        assert_eq!(
            Value::from(ben.access_claims(&api(), &names)),
            json!({ "permissions": ["read:logs"] })
        );
        assert!(
            cleo.granted_scopes(Some("read:messages"), &api())
                .is_empty()
        );
        assert!(cleo.access_claims(&api(), &names).is_empty());
    }

    #[test]
    fn permissions_and_roles_are_where_the_api_reads_them() {
        let names = ClaimNames {
            permissions: "rights".to_owned(),
            roles: "/realm_access/roles".to_owned(),
            ..ClaimNames::default()
        };
        let user = LocalUser::new("dora")
            .with_permissions(["read"])
            .with_roles(["admin"])
            .with_claim("realm_access", json!({ "more": 1 }));
        assert_eq!(
            Value::from(user.access_claims(&api(), &names)),
            json!({ "rights": ["read"], "realm_access": { "more": 1, "roles": ["admin"] } })
        );
    }

    #[test]
    fn a_user_cannot_have_a_claim_that_the_issuer_decides() {
        assert!(LocalUser::new("dora").with_claim("org", 1).check().is_ok());
        for name in RESERVED {
            let problem = LocalUser::new("dora").with_claim(name, 1).check();
            assert!(problem.unwrap_err().contains(&format!("`{name}`")));
        }
        assert!(LocalUser::new(" ").check().is_err());
    }
}
