//! Hints for developers at the cause of a 403. Only debug builds log them, and no reply has them.

use super::Policy;
use super::requirement::{Kind, Requirement};
use crate::token::{AccessToken, quoted};

impl Policy {
    /// Returns which scopes, permissions and roles the token has, if the policy requires any.
    pub(crate) fn hint(self, token: &AccessToken) -> Option<String> {
        let mut asked = Asked::default();
        for requirement in self.requirements() {
            asked.collect(requirement);
        }
        let mut hints = Vec::new();
        if !asked.scopes.is_empty() {
            hints.push(own("scopes", token.scopes()));
        }
        if asked.permissions {
            hints.push(own("permissions", token.permissions()));
        }
        if asked.roles {
            hints.push(own("roles", token.roles()));
        }
        let mut scopes = asked.scopes.into_iter();
        if let Some(scope) = scopes.find(|one| !token.has_scope(one) && token.has_permission(one)) {
            hints.push(format!(
                "{scope:?} is among its permissions, which `requires_permission` checks"
            ));
        }
        (!hints.is_empty()).then(|| hints.join("; "))
    }
}

#[derive(Default)]
struct Asked {
    scopes: Vec<&'static str>,
    permissions: bool,
    roles: bool,
}

impl Asked {
    fn collect(&mut self, requirement: &Requirement) {
        match requirement.0 {
            Kind::Scope(scope) => self.scopes.push(scope),
            Kind::Permission(_) => self.permissions = true,
            Kind::Role(_) => self.roles = true,
            Kind::Any(inner)
            | Kind::All(inner)
            | Kind::NotFound(inner)
            | Kind::ReportOnly(inner) => inner.iter().for_each(|one| self.collect(one)),
            _ => {}
        }
    }
}

fn own<'t>(what: &str, names: impl Iterator<Item = &'t str>) -> String {
    const MOST: usize = 20;
    let names: Vec<_> = names.take(MOST).map(quoted).collect();
    if names.is_empty() {
        format!("its {what}: none")
    } else {
        format!("its {what}: {}", names.join(", "))
    }
}
