//! The guards of the application among the arguments of a handler.
//!
//! No argument may treat an invalid token as a missing one, as `Option<&AccessToken>` would. The compiler
//! checks the type and not its spelling, because the type may have an alias.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::policy::located;
use crate::handoff::AUTHORIZED;
use crate::syntax::function::Function;
use crate::syntax::gather::Attributes;
use crate::syntax::parameter::Parameter;
use crate::syntax::route::Target;
use crate::syntax::tokens::{flattened, is_punct};

/// The guards that refuse a request without a valid token.
const OUR_GUARDS: [&str; 3] = ["AccessToken", "OptionalToken", AUTHORIZED];

/// Generates the check of the arguments' types. Returns `None` if no argument needs it.
pub(super) fn check(
    function: &Function,
    found: &Attributes,
    runtime: &TokenStream,
) -> Option<TokenStream> {
    let parameters = function.parameters.iter();
    let types = parameters.filter(|parameter| !is_in_uri(parameter, found));
    let types: Vec<_> = types
        .filter_map(Parameter::ty)
        .filter(|ty| !is_reference(ty))
        .collect();
    if types.is_empty() {
        return None;
    }
    let (mut arguments, mut checks) = (Vec::new(), Vec::new());
    for (index, ty) in types.iter().enumerate() {
        let span = Span::mixed_site().located_at(ty.span());
        let runtime = located(runtime, span);
        let name = format_ident!("__auth_argument_{index}", span = span);
        arguments.push(quote!(#name: #ty));
        checks.push(quote_spanned! {span=>
            #runtime::__private::Argument::new(&#name).check(&#name);
        });
    }
    let (generics, bounds) = (&function.generics, function.bounds());
    Some(quote_spanned! { Span::mixed_site() =>
        const _: () = {
            use #runtime::__private::AnyArgument as _;
            fn __auth_arguments #generics (#(#arguments),*) #bounds {
                #(#checks)*
            }
        };
    })
}

/// Returns whether one of the handler's guards may succeed after one of ours has refused, like the guard
/// of an application that accepts requests without a valid token.
///
/// Our own guards are recognized by their names, because only a reply depends on it: if another type of
/// that name accepts a refusal, a 401 of the handler looks like that refusal.
pub(super) fn may_accept_a_refusal(function: &Function, found: &Attributes) -> bool {
    let parameters = &function.parameters;
    let is_half_typed = parameters.iter().any(|parameter| parameter.ty().is_none());
    let mut guards = parameters
        .iter()
        .filter(|parameter| !is_in_uri(parameter, found) && !is_body(parameter, found));
    !is_half_typed && guards.any(|guard| !is_ours(guard))
}

fn is_ours(guard: &Parameter) -> bool {
    let name = guard.type_name();
    name.is_some_and(|name| OUR_GUARDS.iter().any(|ours| name == ours))
}

/// Returns whether the parameter is read from the body, and therefore comes after all guards.
fn is_body(parameter: &Parameter, found: &Attributes) -> bool {
    match &found.target {
        Some(Target::Route(route)) => {
            let data = route.data.as_ref();
            data.is_some_and(|name| parameter.is_named(name))
        }
        Some(Target::Catcher) | None => false,
    }
}

/// Returns whether the parameter is in the path or the query, and therefore is not a guard.
fn is_in_uri(parameter: &Parameter, found: &Attributes) -> bool {
    let Some(Target::Route(route)) = &found.target else {
        return false;
    };
    let parameters = &route.parameters;
    let names = parameters
        .segments
        .iter()
        .chain(&parameters.trailing)
        .chain(&parameters.query);
    names.into_iter().any(|name| parameter.is_named(name))
}

fn is_reference(ty: &TokenStream) -> bool {
    let first = flattened(ty.clone()).into_iter().next();
    first.is_some_and(|first| is_punct(&first, '&'))
}
