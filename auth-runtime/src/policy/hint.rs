//! Creates hints at the cause of a 403 for developers. They are only logged, in debug builds, and are
//! never part of a reply.

use serde_json::Value;

use super::Policy;
use super::requirement::{Kind, Requirement};
use crate::token::{AccessToken, quoted};

impl Policy {
    /// Describes the scopes, permissions and roles of the token, if the policy requires any.
    pub(crate) fn hint(self, token: &AccessToken) -> Option<String> {
        let mut required = RequiredNames::default();
        for requirement in self.requirements() {
            required.collect(requirement);
        }
        let mut hints = Vec::new();
        if !required.scopes.is_empty() {
            hints.push(list("scopes", token.scopes()));
        }
        if required.has_permissions {
            hints.push(list("permissions", token.permissions()));
        }
        if required.has_roles {
            hints.push(list("roles", token.roles()));
            hints.extend(roles_elsewhere(token));
        }
        let mut scopes = required.scopes.into_iter();
        if let Some(scope) =
            scopes.find(|scope| !token.has_scope(scope) && token.has_permission(scope))
        {
            hints.push(format!(
                "{scope:?} is among its permissions, which `requires_permission` checks"
            ));
        }
        (!hints.is_empty()).then(|| hints.join("; "))
    }
}

/// Names a claim of a token without roles in which its provider usually has them.
fn roles_elsewhere(token: &AccessToken) -> Option<String> {
    const PLACES: [&str; 5] = [
        "/realm_access/roles",
        "cognito:groups",
        "groups",
        "role",
        "urn:zitadel:iam:org:project:roles",
    ];
    let holds_names = |place: &&str| match token.claim(place) {
        Some(Value::Array(names)) => !names.is_empty(),
        Some(Value::Object(names)) => !names.is_empty(),
        Some(Value::String(name)) => !name.is_empty(),
        _ => false,
    };
    let has_roles = token.roles().next().is_some();
    let place = PLACES
        .into_iter()
        .find(|place| !has_roles && holds_names(place))?;
    Some(format!(
        "it has a claim {place:?}: if that holds the roles, name it in `roles_claim`"
    ))
}

/// The names that a policy requires, as far as a hint depends on them.
#[derive(Default)]
struct RequiredNames {
    scopes: Vec<&'static str>,
    has_permissions: bool,
    has_roles: bool,
}

impl RequiredNames {
    fn collect(&mut self, requirement: &Requirement) {
        match requirement.0 {
            Kind::Scope(scope) => self.scopes.push(scope),
            Kind::Permission(_) => self.has_permissions = true,
            Kind::Role(_) => self.has_roles = true,
            Kind::Any(inner)
            | Kind::All(inner)
            | Kind::NotFound(inner)
            | Kind::ReportOnly(inner) => inner
                .iter()
                .for_each(|requirement| self.collect(requirement)),
            _ => {}
        }
    }
}

fn list<'t>(what: &str, names: impl Iterator<Item = &'t str>) -> String {
    const MAX_NAMES: usize = 20;
    let names: Vec<_> = names.take(MAX_NAMES).map(quoted).collect();
    if names.is_empty() {
        format!("its {what}: none")
    } else {
        format!("its {what}: {}", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::evaluate_tests::{requires, token};
    use super::*;

    fn hint(requirements: Vec<Requirement>) -> Option<String> {
        let claims = json!({ "scope": "a b", "permissions": ["p", "q"] });
        requires(requirements).hint(&token(&claims))
    }

    #[test]
    fn a_hint_lists_what_the_token_has_of_each_required_kind() {
        let (scope, role) = (Requirement::scope("a"), Requirement::role("r"));
        let permission = Requirement::permission("x");
        assert_eq!(hint(vec![scope]).unwrap(), r#"its scopes: "a", "b""#);
        assert_eq!(
            hint(vec![role, permission]).unwrap(),
            r#"its permissions: "p", "q"; its roles: none"#
        );
        assert_eq!(hint(vec![Requirement::max_age(1)]), None);
        let groups: [fn(&'static [Requirement]) -> Requirement; 4] = [
            Requirement::any,
            Requirement::all,
            Requirement::not_found,
            Requirement::report_only,
        ];
        for group in groups {
            let group = group(const { &[Requirement::role("r")] });
            assert_eq!(hint(vec![group]).unwrap(), "its roles: none", "{group}");
        }
    }

    #[test]
    fn a_claim_that_usually_holds_roles_is_named_if_the_token_has_none() {
        let hint = |claims| requires(vec![Requirement::role("r")]).hint(&token(&claims));
        for (claims, place) in [
            (
                json!({ "realm_access": { "roles": ["r"] }, "groups": ["g"] }),
                "/realm_access/roles",
            ),
            (json!({ "cognito:groups": ["r"] }), "cognito:groups"),
            (json!({ "groups": ["r"] }), "groups"),
            (json!({ "role": "r" }), "role"),
        ] {
            let expected = format!(
                "its roles: none; it has a claim {place:?}: if that holds the roles, name it in \
                 `roles_claim`"
            );
            assert_eq!(hint(claims).unwrap(), expected);
        }
        for claims in [
            json!({ "groups": [], "role": "", "realm_access": {} }),
            json!({ "groups": 1 }),
        ] {
            assert_eq!(hint(claims).unwrap(), "its roles: none");
        }
        let claims = json!({ "roles": ["a"], "groups": ["r"] });
        assert_eq!(hint(claims).unwrap(), r#"its roles: "a""#);
    }

    #[test]
    fn a_missing_scope_that_was_granted_as_a_permission_is_named() {
        let of_scope = |scope| hint(vec![Requirement::scope(scope)]).unwrap();
        assert_eq!(
            of_scope("p"),
            "its scopes: \"a\", \"b\"; \"p\" is among its permissions, which `requires_permission` checks"
        );
        assert_eq!(of_scope("c"), r#"its scopes: "a", "b""#);
    }
}
