//! Checks that our attributes are above the route attribute of a handler, or on a module.

use proc_macro2::TokenStream;

use crate::diagnostics::{Errors, error};
use crate::handoff::{AUTHORIZED, GUARD};
use crate::syntax::function::Function;
use crate::syntax::gather::Attributes;
use crate::syntax::kind::Kind;
use crate::syntax::parameter::Parameter;
use crate::syntax::route::{Route, Target};

/// The role of a function, according to its attributes.
pub(crate) enum Role {
    /// A route that does not have a policy yet.
    Route,
    /// A route that does not have a policy yet, and a parameter of which has the name of our guard.
    Unguardable,
    /// Not a route, or a route that has its policy.
    Neither,
}

/// Determines the role of a function, and reports attributes that are in the wrong place.
pub(crate) fn role(function: &Function, found: &Attributes, errors: &mut Errors) -> Role {
    let named = found.named();
    let (place, kind) = (&named.place, named.kind);

    if function.has_receiver() {
        errors.push(not_a_function(kind, place, "a method"));
        return Role::Neither;
    }
    match &found.target {
        // A module hands its attributes to everything that may be a route.
        Some(Target::Catcher) | None if found.own().next().is_none() => return Role::Neither,
        Some(Target::Route(route)) => below_route_attribute(found, route, errors),
        Some(Target::Catcher) => {
            let problem = format!("`{kind}` cannot be used on a catcher");
            let help = "remove it: catchers cannot be protected; protect the routes";
            errors.push(error(place, problem, help));
            return Role::Neither;
        }
        None => {
            let problem = format!(
                "`{kind}` must be above a route attribute such as `#[get]`, but there is none below it"
            );
            let help = format!(
                "if the route attribute is above `{kind}`, swap the two; if it was imported under \
                 another name, write its original name; if another attribute adds it, write that \
                 attribute first"
            );
            errors.push(error(place, problem, help));
            return Role::Neither;
        }
    }

    let mut parameters = function.parameters.iter();
    let Some(reserved) = parameters.find(|parameter| parameter.is_named(GUARD)) else {
        return Role::Route;
    };
    if !is_guard(reserved) {
        let problem = format!("the parameter name `{GUARD}` is reserved");
        errors.push(error(reserved, problem, "rename this parameter"));
        return Role::Unguardable;
    }
    let problem = format!(
        "the attribute above does not recognize this `{kind}`, and has already protected the handler"
    );
    let help = format!(
        "write its original name, `{}`, instead of a renamed import",
        kind.name()
    );
    errors.push(error(place, problem, help));
    Role::Neither
}

/// Creates the error for an attribute on anything other than a module or a function with a body.
pub(crate) fn not_a_function(kind: Kind, place: &TokenStream, what: &str) -> syn::Error {
    let problem = format!("`{kind}` can only be used on route handlers and modules, not on {what}");
    let help = "a route handler is a free function with a route attribute such as `#[get]`";
    error(place, problem, help)
}

fn below_route_attribute(found: &Attributes, Route { name, .. }: &Route, errors: &mut Errors) {
    // An attribute of another crate may have put the route attribute above those of the module.
    for attr in found.below.iter().filter(|attr| !attr.is_inherited()) {
        let problem = format!("`{}` is below the route attribute `#[{name}]`", attr.kind);
        let help = format!("move it above `#[{name}]`: below, it is expanded too late");
        errors.push(error(&attr.place, problem, help));
    }
}

/// Returns whether a parameter is the guard that another attribute of ours has added.
fn is_guard(parameter: &Parameter) -> bool {
    parameter.mentions(AUTHORIZED)
}
