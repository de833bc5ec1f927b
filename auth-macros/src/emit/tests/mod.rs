//! Whole expansions.

mod handler;
mod mistakes;
mod module;

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::handoff::Arguments;
use crate::syntax::attribute::Attr;
use crate::syntax::kind::Kind;

fn expanded(kind: Kind, args: &TokenStream, item: &TokenStream) -> String {
    let attr = Attr::expanded(kind, Arguments::read(args.clone()));
    expand(attr, item.clone(), &quote!(::auth_runtime)).to_string()
}
