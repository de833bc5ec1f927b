//! Collects the scopes of an API: those that its routes require, and those that its vocabularies
//! declare.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::route_policy::RoutePolicy;
use super::table::{Policies, Vocabularies};
use crate::policy::Policy;
#[cfg(feature = "check")]
use crate::policy::{Condition, PolicyText, needed_by_all};

/// A scope of an API: see [`Policies::scopes`].
///
/// [A vocabulary of scopes](crate::guide::policies#a-vocabulary-of-scopes) shows how to declare
/// scopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApiScope {
    name: String,
    description: Option<String>,
    is_declared: bool,
    routes: Vec<String>,
}

impl ApiScope {
    /// Returns the scope as it is in tokens.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the doc comment in [`scopes!`](crate::scopes), if there is one.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Returns whether a vocabulary declares the scope.
    pub fn is_declared(&self) -> bool {
        self.is_declared
    }

    /// Returns the routes that mention the scope in their policies, as method and URI.
    pub fn routes(&self) -> impl Iterator<Item = &str> {
        self.routes.iter().map(String::as_str)
    }
}

impl Policies {
    /// Returns the scopes of the API by name: those that a route requires, and those that a vocabulary
    /// declares. [`AuthBuilder::vocabulary`](crate::AuthBuilder::vocabulary) adds a vocabulary, which is
    /// known once [`Auth::fairing`](crate::Auth::fairing) has run. Report-only scopes do not count.
    pub fn scopes(&self) -> Vec<ApiScope> {
        let mut scopes: BTreeMap<&str, ApiScope> = BTreeMap::new();
        for route in self.iter() {
            for scope in required(route) {
                let routes = &mut entry(&mut scopes, scope).routes;
                routes.push(route.to_string());
            }
        }
        let Vocabularies(vocabularies) = self.vocabularies();
        for (name, description) in vocabularies.iter().flat_map(|vocabulary| vocabulary.iter()) {
            let scope = entry(&mut scopes, name);
            scope.is_declared = true;
            if !description.is_empty() {
                scope.description.get_or_insert(description);
            }
        }
        scopes.into_values().collect()
    }

    /// Returns every scope that a route requires, sorted.
    pub(crate) fn required_scopes(&self) -> Vec<&'static str> {
        let scopes: BTreeSet<_> = self.iter().flat_map(required).collect();
        scopes.into_iter().collect()
    }

    /// Returns whether there is a route whose every alternative needs this scope.
    #[cfg(feature = "check")]
    pub(crate) fn is_indispensable(&self, scope: &str) -> bool {
        self.iter().filter_map(RoutePolicy::policy).any(|policy| {
            let PolicyText::Requires(conditions) = PolicyText::from(policy) else {
                return false;
            };
            needed_by_all(&conditions).contains(&Condition::Scope(scope.to_owned()))
        })
    }

    /// Returns whether the application declares which scopes it has.
    #[cfg(feature = "check")]
    pub(crate) fn has_vocabulary(&self) -> bool {
        !self.vocabularies().0.is_empty()
    }
}

fn required(route: &RoutePolicy) -> Vec<&'static str> {
    route.policy().map(Policy::all_scopes).unwrap_or_default()
}

fn entry<'e>(
    scopes: &'e mut BTreeMap<&'static str, ApiScope>,
    name: &'static str,
) -> &'e mut ApiScope {
    scopes.entry(name).or_insert_with(|| ApiScope {
        name: name.to_owned(),
        description: None,
        is_declared: false,
        routes: Vec::new(),
    })
}
