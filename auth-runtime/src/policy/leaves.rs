//! Requirements taken apart, for those who make tokens that meet them.

use super::Policy;
use super::requirement::{Kind, Literal, Requirement};
use crate::token::scope;

/// What a claim can do to meet a requirement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leaf {
    Scope(&'static str),
    Permission(&'static str),
    Role(&'static str),
    Claim(&'static str, Literal),
    /// This claim has the value of a path parameter.
    Owner(&'static str),
    MaxAge,
    Acr(&'static str),
    /// The token is bound to a key, which no claim can do by itself.
    SenderConstrained,
    /// Nothing: only the application can tell.
    Custom,
}

impl Policy {
    /// Requirements that stand for themselves: `all(…)` and `not_found` are replaced by their
    /// members.
    pub(crate) fn flattened(self) -> Vec<Requirement> {
        let mut flat = Vec::new();
        for requirement in self.requirements() {
            flatten(*requirement, &mut flat);
        }
        flat
    }
}

fn flatten(requirement: Requirement, flat: &mut Vec<Requirement>) {
    match requirement.0 {
        Kind::All(inner) | Kind::NotFound(inner) => {
            for one in inner {
                flatten(*one, flat);
            }
        }
        _ => flat.push(requirement),
    }
}

impl Requirement {
    /// What meets this: of alternatives, the first.
    pub(crate) fn leaves(&self) -> Vec<Leaf> {
        let leaf = match self.0 {
            Kind::Scope(scope) => Leaf::Scope(scope),
            Kind::Permission(permission) => Leaf::Permission(permission),
            Kind::Role(role) => Leaf::Role(role),
            Kind::Claim { name, value } => Leaf::Claim(name, value),
            Kind::Owner { claim, .. } => Leaf::Owner(claim),
            Kind::MaxAge(_) => Leaf::MaxAge,
            Kind::Acr(classes) => Leaf::Acr(scope::split(classes).next().unwrap_or_default()),
            Kind::SenderConstrained => Leaf::SenderConstrained,
            Kind::Custom(_) => Leaf::Custom,
            Kind::Any(inner) => return inner.first().map(Self::leaves).unwrap_or_default(),
            Kind::All(inner) | Kind::NotFound(inner) | Kind::ReportOnly(inner) => {
                return inner.iter().flat_map(Self::leaves).collect();
            }
        };
        vec![leaf]
    }
}
