//! Generates a module whose attributes apply to the routes inside.
//!
//! The module puts its attributes on each route, at any depth. A nested module with attributes gets
//! them too, because its own may exempt it.

use std::collections::VecDeque;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::Attribute;
use syn::spanned::Spanned;

use super::handler::check;
use super::inherited::inherited;
use crate::check::repetition::{Required, without_repetitions};
use crate::check::{combination, module as rules, paths};
use crate::diagnostics::Errors;
use crate::handoff::{self, Turn};
use crate::parse;
use crate::syntax::attribute::Origin;
use crate::syntax::body::Sealed;
use crate::syntax::foreign;
use crate::syntax::function::Function;
use crate::syntax::gather::Attributes;
use crate::syntax::item::{Item, ItemAttribute, take_attributes};
use crate::syntax::kind::{self, Kind};
use crate::syntax::module::{self, Module};
use crate::syntax::route;

pub(super) fn expand(
    found: &Attributes,
    attrs: &[ItemAttribute],
    module: &Module,
    runtime: &TokenStream,
) -> TokenStream {
    let Module { head, name, body } = module;
    let (kind, place) = (found.named().kind, &found.named().place);
    let mut errors = Errors::default();
    let handed_down = handed_down(found, runtime, &mut errors);
    let Some(body) = body else {
        errors.push(rules::elsewhere(kind, place, &name.to_string()));
        return quote!(#errors #(#attrs)* #head;);
    };

    let is_outermost = found.inherited().next().is_none();
    let body = if is_outermost {
        sealed(body.stream(), kind, &mut errors)
    } else {
        body.stream()
    };
    let items = module::items(body);
    if is_outermost {
        report_unseen(&items, kind, &mut errors);
    }
    if found.own().next().is_some() && !has_route(&items) {
        errors.push(rules::no_routes(kind, place, &name.to_string()));
    }
    let handed_down = if errors.is_empty() {
        handed_down
    } else {
        handoff::refusal(runtime, Turn::Any, place.span())
    };
    let items = items.iter().map(|item| protected(item, &handed_down));
    quote!(#errors #(#attrs)* #head { #(#items)* })
}

/// Returns the attributes that the module puts on its routes.
fn handed_down(found: &Attributes, runtime: &TokenStream, errors: &mut Errors) -> TokenStream {
    let mut required = Vec::new();
    let mut handed_down = TokenStream::new();
    for attr in combination::applying(found, errors) {
        handed_down.extend(inherited(attr, Turn::Any, runtime));
        // The others have been checked on the module that they come from.
        if attr.origin == Origin::Item {
            let requirements = parse::requirements(attr, errors);
            check(attr, &requirements, errors);
            for requirement in requirements {
                paths::require_absolute(&requirement, errors);
                required.push(Required {
                    requirement,
                    is_inherited: false,
                });
            }
        }
    }
    without_repetitions(required, errors);
    handed_down
}

/// Puts these attributes on everything in the item that may be a route.
fn protected(item: &Item, handed_down: &TokenStream) -> TokenStream {
    let Item { attrs, rest } = item;
    let is_ours = |attr: &ItemAttribute| attr.parsed.as_ref().is_some_and(kind::may_be_ours);
    if let Some(Module {
        head,
        body: Some(body),
        ..
    }) = Module::parse(rest)
        && !attrs.iter().any(is_ours)
    {
        let items = module::items(body.stream());
        let items = items.iter().map(|item| protected(item, handed_down));
        return quote!(#(#attrs)* #head { #(#items)* });
    }
    let is_function = Function::is_at_start_of(rest);
    let is_route =
        |attr: &ItemAttribute| is_function && attr.parsed.as_ref().is_some_and(route::may_be_route);
    let is_protected = match module_items(rest) {
        Some(items) => has_route(&items),
        None => may_be_route(item),
    };
    if !is_protected {
        return quote!(#item);
    }
    // The attributes of other crates come first, because they may add the attribute of a route, and one
    // of ours above that.
    let first = attrs
        .iter()
        .position(|attr| is_ours(attr) || is_route(attr));
    let (before, after) = attrs.split_at(first.unwrap_or(attrs.len()));
    quote!(#(#before)* #handed_down #(#after)* #rest)
}

/// Returns whether there is a route, at any depth.
fn has_route(items: &[Item]) -> bool {
    items.iter().any(|item| {
        may_be_route(item) || module_items(&item.rest).is_some_and(|inner| has_route(&inner))
    })
}

/// Returns whether the item is a route, or may become one by the attribute of another crate. An
/// attribute with the name of a route attribute that is not on a function belongs to another crate.
fn may_be_route(item: &Item) -> bool {
    let mut parsed = item.attrs.iter().filter_map(|attr| attr.parsed.as_ref());
    Function::is_at_start_of(&item.rest) && parsed.any(foreign::may_be_macro)
}

fn module_items(item: &TokenStream) -> Option<Vec<Item>> {
    Some(module::items(Module::parse(item)?.body?.stream()))
}

/// Rewrites macro calls in the body, at any depth, so that they cannot define routes. Calls for which
/// that is not possible are reported.
fn sealed(body: TokenStream, kind: Kind, errors: &mut Errors) -> TokenStream {
    let each = module::items(body).into_iter().map(|Item { attrs, rest }| {
        let rest = if let Some(Module {
            head,
            body: Some(body),
            ..
        }) = Module::parse(&rest)
        {
            let mut group = Group::new(Delimiter::Brace, sealed(body.stream(), kind, errors));
            group.set_span(body.span());
            quote!(#head #group)
        } else {
            let Sealed { item, calls } = Sealed::new(rest);
            for name in calls {
                errors.push(rules::macro_call(kind, &name));
            }
            item
        };
        quote!(#(#attrs)* #rest)
    });
    each.collect()
}

/// Reports what contains routes that the attributes do not reach: a module in another file, or an
/// item with a route inside.
fn report_unseen(items: &[Item], kind: Kind, errors: &mut Errors) {
    for item in items {
        match Module::parse(&item.rest) {
            Some(Module {
                body: Some(body), ..
            }) => {
                report_unseen(&module::items(body.stream()), kind, errors);
            }
            Some(Module {
                head,
                name,
                body: None,
            }) => {
                errors.push(rules::elsewhere(kind, &head, &name.to_string()));
            }
            None => report_nested(item.rest.clone(), kind, errors),
        }
    }
}

/// Reports functions and modules with attributes inside another item.
fn report_nested(tokens: TokenStream, kind: Kind, errors: &mut Errors) {
    let mut tokens: VecDeque<TokenTree> = tokens.into_iter().collect();
    while !tokens.is_empty() {
        let attrs = take_attributes(&mut tokens);
        if !attrs.is_empty() {
            let rest: TokenStream = tokens.iter().cloned().collect();
            let is_function = Function::is_at_start_of(&rest);
            let is_item = is_function || Module::parse(&rest).is_some();
            let is_nested = |attribute: &&Attribute| {
                is_item && kind::may_be_ours(attribute)
                    || is_function && route::may_be_route(attribute)
            };
            let mut parsed = attrs.iter().filter_map(|attr| attr.parsed.as_ref());
            if let Some(attribute) = parsed.find(is_nested) {
                errors.push(rules::nested_route(kind, attribute.path()));
            }
        }
        if let Some(TokenTree::Group(group)) = tokens.pop_front() {
            report_nested(group.stream(), kind, errors);
        }
    }
}
