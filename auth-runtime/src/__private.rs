//! Provides what the attributes and `routes!` expand to. It is not for use by hand: semantic versioning
//! does not cover this module.

use std::any::{Any, TypeId};
use std::fmt::Display;

use rocket::request::FromParam;

pub use auth_macros::check_scope;

use crate::guard::Rule;
pub use crate::guard::{AnyArgument, Argument, FailsForInvalidToken, IsCheckedForInvalidTokens};
use crate::policy::{Custom, Literal, Parameter, Policy, ScopeVocabulary};
pub use crate::policy::{DescribedScope, Requirement, Seal};
pub use crate::reply::NoRefusal;
pub use crate::routes::{Declaration, declaration, listed, mounted, mounted_under, protect};

pub const PUBLIC: Policy = Policy::PUBLIC;
pub const REFUSE_ALL: Policy = Policy::REFUSE_ALL;

pub const fn requires(requirements: &'static [Requirement]) -> Policy {
    Policy::requires(requirements)
}

#[track_caller]
pub const fn scope(scope: &'static str) -> Requirement {
    Requirement::scope(scope)
}

/// Creates the vocabulary that `scopes!` declares.
pub const fn vocabulary(scopes: &'static [DescribedScope]) -> ScopeVocabulary {
    ScopeVocabulary::new(scopes)
}

#[track_caller]
pub const fn permission(permission: &'static str) -> Requirement {
    Requirement::permission(permission)
}

#[track_caller]
pub const fn role(role: &'static str) -> Requirement {
    Requirement::role(role)
}

pub const fn claim_text(name: &'static str, value: &'static str) -> Requirement {
    Requirement::claim(name, Literal::Text(value))
}

pub const fn claim_integer(name: &'static str, value: i64) -> Requirement {
    Requirement::claim(name, Literal::Integer(value))
}

pub const fn claim_bool(name: &'static str, value: bool) -> Requirement {
    Requirement::claim(name, Literal::Bool(value))
}

/// Requires the claim to equal the parameter of this name, as the request writes it.
pub const fn owner(claim: &'static str, name: &'static str) -> Requirement {
    owner_displayed(claim, name, |segment| Some(segment.to_owned()))
}

/// Requires the claim to equal the parameter of this name, as [`displayed`] parses and displays it.
pub const fn owner_displayed(
    claim: &'static str,
    name: &'static str,
    parse: fn(&str) -> Option<String>,
) -> Requirement {
    Requirement::owner(claim, Parameter { name, parse })
}

/// Parses a decoded path segment by the type of the handler's argument, and displays it.
pub fn displayed<'a, T: FromParam<'a> + Display>(segment: &'a str) -> Option<String> {
    Some(T::from_param(segment).ok()?.to_string())
}

pub const fn sender_constrained() -> Requirement {
    Requirement::sender_constrained()
}

pub const fn max_age(seconds: u64) -> Requirement {
    Requirement::max_age(seconds)
}

#[track_caller]
pub const fn acr(classes: &'static str) -> Requirement {
    Requirement::acr(classes)
}

pub const fn any(alternatives: &'static [Requirement]) -> Requirement {
    Requirement::any(alternatives)
}

pub const fn all(requirements: &'static [Requirement]) -> Requirement {
    Requirement::all(requirements)
}

pub const fn not_found(requirements: &'static [Requirement]) -> Requirement {
    Requirement::not_found(requirements)
}

pub const fn report_only(requirements: &'static [Requirement]) -> Requirement {
    Requirement::report_only(requirements)
}

/// Requires a rule of the application, which the guard gets as a `&'static dyn Rule`.
pub const fn custom(_: usize, name: &'static str, rule: &'static &'static dyn Rule) -> Requirement {
    Requirement::custom(Custom {
        name,
        rule,
        type_of,
    })
}

fn type_of(rule: &(dyn Any + Send + Sync)) -> Option<TypeId> {
    let rule: &'static dyn Rule = *rule.downcast_ref::<&'static dyn Rule>()?;
    let rule: &dyn Any = rule;
    Some(rule.type_id())
}
