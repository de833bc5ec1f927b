//! Creates claims that meet a policy, or all of it except one requirement.

use serde_json::{Map, Value, json};

use crate::issuer::set_claim;
use crate::policy::{Leaf, Literal, Policy};
use crate::token::ClaimNames;

/// Values for the dynamic segments of a path, of the types that handlers often take.
const SEGMENTS: [&str; 6] = [
    "auth-probe",
    "1",
    "00000000-0000-4000-8000-000000000001",
    "2026-01-01",
    "127.0.0.1",
    "true",
];

/// Returns a value for the dynamic segments of a path: one that can own something, if the policy
/// asks for an owner.
pub(super) fn segment(policy: Policy) -> &'static str {
    let leaves = policy.leaves();
    let is_owned = |segment: &&str| {
        leaves.iter().all(|leaf| match leaf {
            Leaf::Owner(_, parameter) => (parameter.parse)(segment).is_some(),
            _ => true,
        })
    };
    SEGMENTS.into_iter().find(is_owned).unwrap_or(SEGMENTS[0])
}

/// Claims of a token that is to be made.
#[derive(Default)]
pub(super) struct Grants {
    scopes: Vec<&'static str>,
    permissions: Vec<&'static str>,
    roles: Vec<&'static str>,
    claims: Map<String, Value>,
}

impl Grants {
    /// Meets each of these requirements, except for rules of the application.
    ///
    /// A requirement of a bound token is met by the key with this thumbprint.
    pub(super) fn meeting(
        leaves: impl IntoIterator<Item = Leaf>,
        segment: &str,
        now: u64,
        thumbprint: Option<&str>,
    ) -> Self {
        let mut grants = Self::default();
        for leaf in leaves {
            match leaf {
                Leaf::Scope(scope) => grants.scopes.push(scope),
                Leaf::Permission(permission) => grants.permissions.push(permission),
                Leaf::Role(role) => grants.roles.push(role),
                Leaf::Claim(name, Literal::Text(text)) => grants.set(name, text.into()),
                Leaf::Claim(name, Literal::Integer(number)) => grants.set(name, number.into()),
                Leaf::Claim(name, Literal::Bool(flag)) => grants.set(name, flag.into()),
                Leaf::Owner(claim, parameter) => {
                    let owner = (parameter.parse)(segment).unwrap_or_default();
                    grants.set(claim, owner.into());
                }
                Leaf::MaxAge => grants.set("auth_time", now.into()),
                Leaf::Acr(class) => grants.set("acr", class.into()),
                Leaf::SenderConstrained => thumbprint.into_iter().for_each(|it| grants.bind(it)),
                Leaf::Custom => {}
            }
        }
        grants
    }

    /// Binds the token to the key with this thumbprint.
    pub(super) fn bind(&mut self, thumbprint: &str) {
        self.set("cnf", json!({ "jkt": thumbprint }));
    }

    /// Returns the claims, with scopes, permissions and roles where they are read.
    pub(super) fn into_claims(mut self, names: &ClaimNames) -> Map<String, Value> {
        let scopes = self.scopes.join(" ");
        if let Some(name) = names.scopes.first() {
            self.set(name, scopes.into());
        }
        let (permissions, roles) = (json!(self.permissions), json!(self.roles));
        self.set(&names.permissions, permissions);
        self.set(&names.roles, roles);
        self.claims
    }

    fn set(&mut self, name: &str, value: Value) {
        set_claim(&mut self.claims, name, value);
    }
}

/// Returns each requirement of the policy, with the leaves of a token that meets all others.
pub(super) fn lacking_one(policy: Policy) -> Vec<(String, Vec<Leaf>)> {
    let requirements = policy.flattened();
    let without = |skipped: usize| {
        let others = requirements
            .iter()
            .enumerate()
            .filter(move |(index, _)| *index != skipped);
        others
            .flat_map(|(_, requirement)| requirement.leaves())
            .collect()
    };
    let named = requirements.iter().enumerate();
    named
        .map(|(index, requirement)| (requirement.to_string(), without(index)))
        .collect()
}
