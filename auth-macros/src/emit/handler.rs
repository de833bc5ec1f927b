//! Generates a route handler with its guard, and its policy.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::arguments;
use super::inherited::inherited;
use super::merged::merged;
use super::policy::{Policy, constant, located};
use crate::check::placement::{Role, role};
use crate::check::repetition::{
    Required, report_repeated_arguments, report_repetitions_inside, without_repetitions,
};
use crate::check::{combination, parameters, values};
use crate::diagnostics::Errors;
use crate::handoff::{self, Turn};
use crate::parse;
use crate::syntax::attribute::{Attr, Origin};
use crate::syntax::foreign;
use crate::syntax::function::Function;
use crate::syntax::gather::Attributes;
use crate::syntax::item::ItemAttribute;
use crate::syntax::kind::Kind;
use crate::syntax::route::{Route, Target};

/// The number of parameters that clippy allows by default.
const MAX_PARAMETERS: usize = 7;

pub(super) fn expand(
    found: &Attributes,
    attrs: &[ItemAttribute],
    function: Function,
    runtime: &TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let role = role(&function, found, &mut errors);
    let policy = policy(found, &mut errors);
    let merged = merged(found);
    if matches!(role, Role::Neither) {
        let later = later(found, attrs, runtime);
        return quote!(#errors #merged #(#attrs)* #later #function);
    }

    // Rocket's type is deprecated if the handler is, and the expansion names the type.
    let mut parsed = attrs.iter().filter_map(|attr| attr.parsed.as_ref());
    let is_deprecated = parsed.any(|attr| attr.path().is_ident("deprecated"));
    let allow_deprecated = is_deprecated.then(|| quote!(#[allow(deprecated)]));
    let protected = protected(&function, &policy, runtime);
    let arguments = arguments::check(&function, found, runtime);

    let parameters = function.parameters.len();
    let function = match role {
        Role::Route => guarded(function, &policy, found, runtime),
        Role::Unguardable | Role::Neither => function,
    };
    // Our guards must not make clippy report too many parameters.
    let is_full = parameters <= MAX_PARAMETERS && function.parameters.len() > MAX_PARAMETERS;
    let allow_full = is_full.then(|| quote!(#[allow(clippy::too_many_arguments)]));

    quote! {
        #errors #allow_deprecated #allow_full #(#attrs)* #function
        #allow_deprecated #protected #arguments #merged
    }
}

/// Returns the attributes of a module that have to be expanded again after the attributes of other
/// crates, because those may make a route of the function.
fn later(found: &Attributes, attrs: &[ItemAttribute], runtime: &TokenStream) -> TokenStream {
    let may_be_macro =
        |attr: &ItemAttribute| attr.parsed.as_ref().is_some_and(foreign::may_be_macro);
    let is_undecided = found.own().next().is_none() && found.target.is_none();
    if !is_undecided || !attrs.iter().any(may_be_macro) {
        return TokenStream::new();
    }
    let early = found.inherited().filter(|attr| !attr.is_last());
    early
        .map(|attr| inherited(attr, Turn::Last, runtime))
        .collect()
}

/// Returns the policy that all attributes of a handler declare together.
fn policy(found: &Attributes, errors: &mut Errors) -> Policy {
    let route = match &found.target {
        Some(Target::Route(route)) => Some(route),
        Some(Target::Catcher) | None => None,
    };
    let attrs = combination::applying(found, errors);
    let mut required = Vec::new();
    for attr in &attrs {
        required.extend(requirements(attr, route, errors));
    }
    let requirements = without_repetitions(required, errors);

    if !errors.is_empty()
        || attrs
            .iter()
            .any(|attr| matches!(attr.origin, Origin::RefusedModule(_)))
    {
        Policy::RefuseAll
    } else if attrs.iter().any(|attr| attr.kind == Kind::Public) {
        Policy::Public
    } else {
        Policy::Requires(requirements)
    }
}

/// Returns the requirements of one attribute. A module's requirements have already been checked on
/// the module, except for the parameters that each route must have.
fn requirements(attr: &Attr, route: Option<&Route>, errors: &mut Errors) -> Vec<Required> {
    let requirements = parse::requirements(attr, errors);
    let is_inherited = attr.is_inherited();
    if !is_inherited {
        check(attr, &requirements, errors);
    }
    let each = requirements.into_iter().map(|requirement| {
        if let Some(route) = route {
            parameters::require_in_path(&requirement, attr, route, errors);
        }
        Required {
            requirement,
            is_inherited,
        }
    });
    each.collect()
}

/// Checks the requirements of one attribute, without regard to other attributes.
pub(super) fn check(attr: &Attr, requirements: &[crate::model::Requirement], errors: &mut Errors) {
    for requirement in requirements {
        values::require_valid(requirement, errors);
        report_repetitions_inside(requirement, errors);
    }
    if attr.kind == Kind::RequiresAuth {
        report_repeated_arguments(requirements, errors);
    }
}

/// Makes the guard the first parameter of the handler, so that Rocket evaluates nothing before it, and adds
/// the last guard, if the handler needs one.
fn guarded(
    mut function: Function,
    policy: &Policy,
    found: &Attributes,
    runtime: &TokenStream,
) -> Function {
    // Rocket declares its own variables with the span of its attribute, and uses them with the span
    // of the guard's type. The two differ if one of the attributes comes from a macro.
    let span = match &found.target {
        Some(Target::Route(route)) => Span::call_site().resolved_at(route.place.span()),
        _ => Span::call_site(),
    };
    let runtime = located(runtime, span);
    if arguments::may_accept_a_refusal(&function, found) {
        function = function.with_last_parameter(handoff::last_guard(&runtime));
    }
    if matches!(policy, Policy::Public) {
        return function;
    }
    let guard = handoff::guard(&runtime, &function.name);
    function.with_first_parameter(guard)
}

/// Implements `Protected` for the type that Rocket generates from the handler.
fn protected(function: &Function, policy: &Policy, runtime: &TokenStream) -> TokenStream {
    let route = &function.name;
    let policy = constant(policy, &function.parameters, runtime);
    quote_spanned! { Span::mixed_site() =>
        impl #runtime::Protected for #route {
            const POLICY: #runtime::Policy = #policy;
            const SEAL: #runtime::__private::Seal<Self> = #runtime::__private::Seal::new();
        }
    }
}
