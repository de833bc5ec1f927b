//! Takes requirements apart, for tests that create tokens that meet them.

use super::Policy;
use super::requirement::{Kind, Literal, Parameter, Requirement};
use crate::token::scope;

/// A way in which a token can meet a requirement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leaf {
    Scope(&'static str),
    Permission(&'static str),
    Role(&'static str),
    Claim(&'static str, Literal),
    /// This claim equals a parameter of the path.
    Owner(&'static str, Parameter),
    MaxAge,
    Acr(&'static str),
    /// The token is bound to a key, which no claim can do by itself.
    SenderConstrained,
    /// Only the application decides.
    Custom,
}

impl Policy {
    /// Returns a way to meet the whole policy.
    pub(crate) fn leaves(self) -> Vec<Leaf> {
        let requirements = self.requirements().iter();
        requirements.flat_map(Requirement::leaves).collect()
    }

    /// Returns the requirements of the policy, with the members of `all(…)` and `not_found` in place of those
    /// groups.
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
            for requirement in inner {
                flatten(*requirement, flat);
            }
        }
        _ => flat.push(requirement),
    }
}

impl Requirement {
    /// Returns a way to meet this requirement. The first alternative represents the others.
    pub(crate) fn leaves(&self) -> Vec<Leaf> {
        let leaf = match self.0 {
            Kind::Scope(scope) => Leaf::Scope(scope),
            Kind::Permission(permission) => Leaf::Permission(permission),
            Kind::Role(role) => Leaf::Role(role),
            Kind::Claim { name, value } => Leaf::Claim(name, value),
            Kind::Owner { claim, parameter } => Leaf::Owner(claim, parameter),
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

#[cfg(test)]
mod tests {
    use super::*;

    const A: Requirement = Requirement::scope("a");
    const B: Requirement = Requirement::role("b");
    const GROUPS: Policy = Policy::requires(&[
        A,
        Requirement::all(&[B, Requirement::any(&[Requirement::acr("low high"), A])]),
        Requirement::not_found(&[Requirement::permission("c")]),
    ]);

    #[test]
    fn the_first_alternative_and_the_first_class_represent_the_others() {
        let leaves = GROUPS.leaves();
        assert!(
            matches!(
                *leaves,
                [
                    Leaf::Scope("a"),
                    Leaf::Role("b"),
                    Leaf::Acr("low"),
                    Leaf::Permission("c")
                ]
            ),
            "{leaves:?}"
        );
    }

    #[test]
    fn members_take_the_place_of_groups_that_require_all_of_them() {
        let either = Requirement::any(const { &[Requirement::acr("low high"), A] });
        assert_eq!(
            GROUPS.flattened(),
            [A, B, either, Requirement::permission("c")]
        );
    }
}
