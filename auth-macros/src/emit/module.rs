//! A module whose attributes apply to the routes inside.
//!
//! The module puts its attributes on each route, at any depth. A nested module that has attributes of
//! its own gets them too, because it may be exempt.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::Attribute;
use syn::spanned::Spanned;

use super::handler::check;
use crate::check::once::{Required, once};
use crate::check::{combination, module as rules, paths};
use crate::diagnostics::Errors;
use crate::handoff;
use crate::parse;
use crate::syntax::attribute::Origin;
use crate::syntax::function::Function;
use crate::syntax::gather::Attributes;
use crate::syntax::item::{Item, ItemAttribute, parse_attribute};
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

    let items = module::items(body.stream());
    let is_outermost = found.inherited().next().is_none();
    if is_outermost {
        report_unseen(&items, kind, &mut errors);
    }
    if found.own().next().is_some() && !has_route(&items) {
        errors.push(rules::no_routes(kind, place, &name.to_string()));
    }
    let handed_down = if errors.is_empty() {
        handed_down
    } else {
        handoff::refusal(runtime, place.span())
    };
    let items = items.iter().map(|item| protected(item, &handed_down));
    quote!(#errors #(#attrs)* #head { #(#items)* })
}

/// The attributes that the module puts on its routes.
fn handed_down(found: &Attributes, runtime: &TokenStream, errors: &mut Errors) -> TokenStream {
    let mut required = Vec::new();
    let mut handed_down = TokenStream::new();
    for attr in combination::applying(found, errors) {
        let span = attr.place.span();
        handed_down.extend(match attr.origin {
            Origin::RefusedModule => handoff::refusal(runtime, span),
            Origin::Item | Origin::Module => {
                handoff::inherited(runtime, attr.kind.name(), &attr.args, span)
            }
        });
        // The others have been checked on the module that they come from.
        if attr.origin == Origin::Item {
            let requirements = parse::requirements(attr, errors);
            check(attr, &requirements, errors);
            for requirement in requirements {
                paths::are_absolute(&requirement, errors);
                required.push(Required {
                    requirement,
                    is_inherited: false,
                });
            }
        }
    }
    once(required, errors);
    handed_down
}

/// The item, with these attributes on everything that may be a route.
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
    let module_has_route = || module_items(rest).is_some_and(|items| has_route(&items));
    if !is_route(item) && !module_has_route() {
        return quote!(#item);
    }
    // The attributes of the module itself come before those of its first item.
    let (inner, outer): (Vec<_>, Vec<_>) = attrs.iter().partition(|attr| attr.is_inner);
    quote!(#(#inner)* #handed_down #(#outer)* #rest)
}

/// Whether there is a route, at any depth.
fn has_route(items: &[Item]) -> bool {
    items.iter().any(|item| {
        is_route(item) || module_items(&item.rest).is_some_and(|inner| has_route(&inner))
    })
}

/// An attribute with the name of a route attribute that is not on a function belongs to another crate.
fn is_route(item: &Item) -> bool {
    let mut parsed = item.attrs.iter().filter_map(|attr| attr.parsed.as_ref());
    parsed.any(route::may_be_route) && Function::is_at_start_of(&item.rest)
}

fn module_items(item: &TokenStream) -> Option<Vec<Item>> {
    Some(module::items(Module::parse(item)?.body?.stream()))
}

/// Reports what may contain routes that the attributes do not reach: a module in another file, a macro
/// call, a function with a route inside.
fn report_unseen(items: &[Item], kind: Kind, errors: &mut Errors) {
    for item in items {
        if let Some(Module { head, name, body }) = Module::parse(&item.rest) {
            match body {
                Some(body) => report_unseen(&module::items(body.stream()), kind, errors),
                None => errors.push(rules::elsewhere(kind, &head, &name.to_string())),
            }
            continue;
        }
        match called_macro(&item.rest) {
            Some(name) if name == "macro_rules" => {}
            // The one of the standard library makes only statics.
            Some(name) if name == "thread_local" => {}
            Some(name) => errors.push(rules::macro_call(kind, &name)),
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
            // `impl !Send for …` is not a call.
            TokenTree::Punct(punct) if punct.as_char() == '!' => {
                return name.filter(|name| name != "impl");
            }
            _ => return None,
        }
    }
    None
}

/// Reports routes and attributes of ours inside another item, once for each function. If there is no
/// function for it, an attribute with the name of a route attribute belongs to another crate.
fn report_nested(tokens: &TokenStream, kind: Kind, errors: &mut Errors) {
    let is_fn = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "fn");
    let has_function = tokens.clone().into_iter().any(|token| is_fn(&token));
    let is_nested = |attribute: &Attribute| {
        Kind::from_path(attribute.path()).is_some()
            || has_function && route::may_be_route(attribute)
    };
    let (mut hash, mut is_reported) = (None, false);
    for token in tokens.clone() {
        let TokenTree::Group(group) = token else {
            is_reported &= !is_fn(&token);
            hash = Some(token);
            continue;
        };
        match parse_attribute(quote!(#hash #group)).filter(is_nested) {
            Some(_) if is_reported => {}
            Some(attribute) => {
                errors.push(rules::nested_route(kind, attribute.path()));
                is_reported = true;
            }
            None => report_nested(&group.stream(), kind, errors),
        }
        hash = None;
    }
}
