//! Attributes on a module: each route inside gets them, above its own, and merges them when it is
//! expanded itself. Modules inside get them likewise.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::parse::Parser;
use syn::{AttrStyle, Attribute};

use crate::attr::{Attr, Kind};
use crate::diagnostics::Errors;
use crate::item::{Item, Module};
use crate::merge::Declaration;
use crate::{route, valid};

/// The module, with what it requires on everything inside that is or has a route.
pub(crate) fn expand(
    found: &Declaration,
    attrs: &[Attribute],
    module: &Module,
    runtime: &TokenStream,
) -> TokenStream {
    let Module { head, name, body } = module;
    let name = name.to_string();
    let (kind, place) = {
        let attr = found.own().next().unwrap_or(&found.outermost);
        (attr.kind, &attr.place)
    };
    let mut errors = Errors::default();
    let mut handed_down = valid::handed_down(found, &mut errors);
    let Some(body) = body else {
        errors.push(valid::elsewhere(kind, place, &name));
        return quote!(#errors #(#attrs)* #head;);
    };

    let items = Module::items(body.stream());
    let is_outermost = found.inherited().next().is_none();
    if is_outermost {
        report_unseen(&items, kind, &mut errors);
    }
    if found.own().next().is_some() && !has_route(&items) {
        errors.push(valid::no_routes(kind, place, &name));
    }

    let refusal = Attr::refusal(place);
    if !errors.is_empty() {
        handed_down = vec![&refusal];
    }
    let handed_down: TokenStream = handed_down
        .iter()
        .map(|attr| attr.handed_down(runtime))
        .collect();
    let items = items.iter().map(|item| protected(item, &handed_down));
    quote!(#errors #(#attrs)* #head { #(#items)* })
}

fn protected(item: &Item, handed_down: &TokenStream) -> TokenStream {
    let is_protected = is_route(item) || module(item).is_some_and(|inner| has_route(&inner));
    let handed_down = is_protected.then_some(handed_down);
    // The module's own attributes stand before those of its first item.
    let is_inner = |attr: &&Attribute| matches!(attr.style, AttrStyle::Inner(_));
    let (inner, outer): (Vec<_>, Vec<_>) = item.attrs.iter().partition(is_inner);
    let rest = &item.rest;
    quote!(#(#inner)* #handed_down #(#outer)* #rest)
}

/// Whether there is one, at any depth.
fn has_route(items: &[Item]) -> bool {
    items
        .iter()
        .any(|item| is_route(item) || module(item).is_some_and(|inner| has_route(&inner)))
}

fn is_route(item: &Item) -> bool {
    item.attrs.iter().any(route::may_be_route)
}

/// What an item contains, if it is a module.
fn module(item: &Item) -> Option<Vec<Item>> {
    let module: Module = syn::parse2(item.rest.clone()).ok()?;
    Some(Module::items(module.body?.stream()))
}

/// What may contain routes that the module's attributes would not reach: a module in another file, a
/// macro call, a function with a route of its own inside.
fn report_unseen(items: &[Item], kind: Kind, errors: &mut Errors) {
    for item in items {
        if let Ok(Module { head, name, body }) = syn::parse2(item.rest.clone()) {
            match body {
                Some(body) => report_unseen(&Module::items(body.stream()), kind, errors),
                None => errors.push(valid::elsewhere(kind, &head, &name.to_string())),
            }
            continue;
        }
        match called_macro(&item.rest) {
            Some(name) if name == "macro_rules" => {}
            // Of the standard library: makes statics alone.
            Some(name) if name == "thread_local" => {}
            Some(name) => errors.push(valid::made_by_macro(kind, &name)),
            None => report_nested(&item.rest, kind, errors),
        }
    }
}

/// The name in `name!(…)` and `path::name! { … }`.
fn called_macro(item: &TokenStream) -> Option<Ident> {
    let mut name = None;
    for token in item.clone() {
        match token {
            TokenTree::Ident(ident) => name = Some(ident),
            TokenTree::Punct(punct) if matches!(punct.as_char(), ':' | '$') => {}
            // `impl !Send for …` is no call.
            TokenTree::Punct(punct) if punct.as_char() == '!' => {
                return name.filter(|name| name != "impl");
            }
            _ => return None,
        }
    }
    None
}

/// Routes and attributes of ours within another item, once a function. An attribute with the name of a
/// route's may be somebody else's where there is no function for it.
fn report_nested(tokens: &TokenStream, kind: Kind, errors: &mut Errors) {
    let is_fn = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "fn");
    let has_function = tokens.clone().into_iter().any(|token| is_fn(&token));
    let is_nested = |attribute: &Attribute| {
        Kind::of(attribute.path()).is_some() || has_function && route::may_be_route(attribute)
    };
    let (mut hash, mut is_told) = (None, false);
    for token in tokens.clone() {
        let TokenTree::Group(group) = token else {
            is_told &= !is_fn(&token);
            hash = Some(token);
            continue;
        };
        let attributes = Attribute::parse_outer.parse2(quote!(#hash #group));
        match attributes.unwrap_or_default().into_iter().find(is_nested) {
            Some(_) if is_told => {}
            Some(attribute) => {
                errors.push(valid::nested_in_function(kind, attribute.path()));
                is_told = true;
            }
            None => report_nested(&group.stream(), kind, errors),
        }
        hash = None;
    }
}
