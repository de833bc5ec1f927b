//! Parses a list of routes and the attributes in front of it: `#![requires_role("admin")] a, b`.

use std::collections::VecDeque;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;

use super::attribute::Attr;
use super::item::take_attributes;

pub(crate) struct Mount {
    /// Our attributes.
    pub(crate) attrs: Vec<Attr>,
    /// Everything else that looks like an attribute.
    pub(crate) others: Vec<TokenStream>,
    pub(crate) rest: TokenStream,
}

impl Mount {
    pub(crate) fn parse(tokens: TokenStream) -> Self {
        let mut tokens: VecDeque<TokenTree> = tokens.into_iter().collect();
        let (mut attrs, mut others) = (Vec::new(), Vec::new());
        for attribute in take_attributes(&mut tokens) {
            let tokens = attribute.to_token_stream();
            let parsed = syn::Attribute::parse_inner.parse2(tokens.clone());
            let parsed = parsed.ok().and_then(|parsed| parsed.into_iter().next());
            match parsed.as_ref().and_then(Attr::from_attribute) {
                Some(attr) => attrs.push(attr),
                None => others.push(tokens),
            }
        }
        Self {
            attrs,
            others,
            rest: tokens.into_iter().collect(),
        }
    }
}
