//! The expansion of the outermost of our attributes on an item.

use proc_macro2::TokenStream;
use quote::quote;

use super::merged::merged;
use super::{handler, module};
use crate::check::placement::not_a_function;
use crate::diagnostics::Errors;
use crate::syntax::attribute::Attr;
use crate::syntax::function::Function;
use crate::syntax::gather::Attributes;
use crate::syntax::item::{Item, describe, is_macro_call};
use crate::syntax::module::Module;

/// Expands the outermost of our attributes on an item.
///
/// Whatever is wrong, the item itself is emitted, so that code that uses it does not fail as well. A
/// route whose attributes are wrong refuses everyone.
pub(crate) fn expand(outermost: Attr, item: TokenStream, runtime: &TokenStream) -> TokenStream {
    let (kind, place) = (outermost.kind, outermost.place.clone());
    let mut item = Item::parse(item);
    let found = Attributes::gather(outermost, &mut item.attrs);
    if let Some(module) = Module::parse(&item.rest) {
        let module = module::expand(&found, &item.attrs, &module, runtime);
        let merged = merged(&found);
        return quote!(#module #merged);
    }
    if let Some(function) = Function::parse(&item.rest) {
        return handler::expand(&found, &item.attrs, function, runtime);
    }
    // An attribute of another crate has made this from a function, to which a module handed its attributes.
    // Only a macro call can define a route now.
    let is_inherited = found.own().next().is_none();
    if is_inherited && !is_macro_call(&item.rest) {
        return quote!(#item);
    }
    let mut errors = Errors::default();
    errors.push(not_a_function(kind, &place, describe(&item.rest)));
    quote!(#errors #item)
}
