//! Generates a check that no argument of a handler treats an invalid token as a missing one, as
//! `Option<&AccessToken>` would.
//!
//! The compiler checks the type and not its spelling, because the type may have an alias.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::policy::located;
use crate::syntax::function::Function;
use crate::syntax::gather::Attributes;
use crate::syntax::parameter::Parameter;
use crate::syntax::route::Target;
use crate::syntax::tokens::{flattened, is_punct};

/// Generates the check. Returns `None` if no argument can be of such a type.
pub(super) fn check(
    function: &Function,
    found: &Attributes,
    runtime: &TokenStream,
) -> Option<TokenStream> {
    let parameters = function.parameters();
    let types = parameters
        .iter()
        .filter(|parameter| !is_in_uri(parameter, found));
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

/// Returns whether the parameter is in the path or the query, and therefore is not a guard.
fn is_in_uri(parameter: &Parameter, found: &Attributes) -> bool {
    let Some(Target::Route(route)) = &found.target else {
        return false;
    };
    let parameters = route.parameters();
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
