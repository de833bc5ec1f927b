//! Generates what remains of attributes that were merged into the outermost one.

use proc_macro2::TokenStream;

use crate::handoff;
use crate::syntax::gather::Attributes;
use crate::syntax::kind::Kind;

/// Generates what remains of each attribute that was written on the item, except the outermost.
pub(super) fn merged(found: &Attributes) -> TokenStream {
    let is_required = found.inherited().any(|attr| attr.kind != Kind::Public);
    let written = found.merged().filter(|attr| !attr.is_inherited());
    let merged = written.filter_map(|attr| {
        let path = attr.path.as_ref()?;
        Some(match attr.kind {
            Kind::Public if is_required => handoff::exempting(path),
            _ => handoff::merged(path),
        })
    });
    merged.collect()
}
