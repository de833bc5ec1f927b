//! Generates the attributes that a module puts on the items inside.

use proc_macro2::TokenStream;
use syn::spanned::Spanned;

use crate::handoff::{self, Turn};
use crate::syntax::attribute::{Attr, Origin};

/// Returns the attribute in the form that says that it comes from a module.
pub(super) fn inherited(attr: &Attr, turn: Turn, runtime: &TokenStream) -> TokenStream {
    let span = attr.place.span();
    match attr.origin {
        Origin::RefusedModule(_) => handoff::refusal(runtime, turn, span),
        Origin::Item | Origin::Module(_) => {
            handoff::inherited(runtime, attr.kind.name(), &attr.args, turn, span)
        }
    }
}
