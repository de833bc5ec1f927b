//! An item: its attributes, and the rest of it as tokens.

use std::collections::VecDeque;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Attribute;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Signature, Token, Visibility};

use super::tokens::is_punct;

/// Any item, or a part of one.
pub(crate) struct Item {
    pub(crate) attrs: Vec<ItemAttribute>,
    pub(crate) rest: TokenStream,
}

/// An attribute in front of an item, or at the beginning of a module.
pub(crate) struct ItemAttribute {
    pub(crate) tokens: TokenStream,
    /// `None` for an inner attribute, and for one that is not valid.
    pub(crate) parsed: Option<Attribute>,
}

impl Item {
    pub(crate) fn parse(tokens: TokenStream) -> Self {
        let mut tokens: VecDeque<TokenTree> = tokens.into_iter().collect();
        let attrs = take_attributes(&mut tokens);
        Self {
            attrs,
            rest: tokens.into_iter().collect(),
        }
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.attrs.iter().map(|attr| attr.tokens.clone()));
        self.rest.to_tokens(tokens);
    }
}

impl ToTokens for ItemAttribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.tokens.to_tokens(tokens);
    }
}

/// Takes the attributes off the front.
pub(crate) fn take_attributes(tokens: &mut VecDeque<TokenTree>) -> Vec<ItemAttribute> {
    let mut attrs = Vec::new();
    loop {
        open_group(tokens);
        let is_inner = tokens.get(1).is_some_and(|token| is_punct(token, '!'));
        let length = if is_inner { 3 } else { 2 };
        let is_attribute = tokens.front().is_some_and(|token| is_punct(token, '#'))
            && matches!(
                tokens.get(length - 1),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket
            );
        if !is_attribute {
            return attrs;
        }
        let tokens: TokenStream = tokens.drain(..length).collect();
        let parsed = if is_inner {
            None
        } else {
            parse_attribute(tokens.clone())
        };
        attrs.push(ItemAttribute { tokens, parsed });
    }
}

/// Parses `#[…]`.
fn parse_attribute(tokens: TokenStream) -> Option<Attribute> {
    let attributes = Attribute::parse_outer.parse2(tokens).ok()?;
    attributes.into_iter().next()
}

/// Opens the group without delimiters at the front, which a fragment of a `macro_rules!` macro is.
pub(super) fn open_group(tokens: &mut VecDeque<TokenTree>) {
    while let Some(TokenTree::Group(group)) = tokens.front()
        && group.delimiter() == Delimiter::None
    {
        let inner: Vec<_> = group.stream().into_iter().collect();
        tokens.pop_front();
        for token in inner.into_iter().rev() {
            tokens.push_front(token);
        }
    }
}

/// Returns whether the item is a macro call, or cannot be parsed.
pub(crate) fn is_macro_call(item: &TokenStream) -> bool {
    matches!(
        syn::parse2::<syn::Item>(item.clone()),
        Ok(syn::Item::Macro(_) | syn::Item::Verbatim(_)) | Err(_)
    )
}

/// Names an item that is neither a function with a body nor a module.
pub(crate) fn describe(item: &TokenStream) -> &'static str {
    match syn::parse2::<syn::Item>(item.clone()) {
        Ok(syn::Item::Struct(_)) => "a struct",
        Ok(syn::Item::Enum(_)) => "an enum",
        Ok(syn::Item::Union(_)) => "a union",
        Ok(syn::Item::Impl(_)) => "an impl block",
        Ok(syn::Item::Trait(_) | syn::Item::TraitAlias(_)) => "a trait",
        Ok(syn::Item::Mod(_)) => "a module",
        Ok(syn::Item::Const(_)) => "a constant",
        Ok(syn::Item::Static(_)) => "a static",
        Ok(syn::Item::Type(_)) => "a type alias",
        Ok(syn::Item::Use(_) | syn::Item::ExternCrate(_)) => "an import",
        Ok(syn::Item::ForeignMod(_)) => "an extern block",
        Ok(syn::Item::Macro(_)) => "a macro",
        _ if syn::parse2::<FunctionWithoutBody>(item.clone()).is_ok() => {
            "a function without a body"
        }
        _ => "this item",
    }
}

/// A function of a trait or of an extern block.
struct FunctionWithoutBody;

impl Parse for FunctionWithoutBody {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Visibility>()?;
        input.parse::<Signature>()?;
        input.parse::<Token![;]>()?;
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Group;
    use quote::quote;

    use super::*;

    #[test]
    fn attributes_are_parsed_and_everything_is_given_back_as_it_was() {
        let tokens = quote! {
            #[get("/")]
            #[doc = " Documented."]
            #[123]
            pub(crate) async fn f<'r>(a: &'r str) -> u8 { let half = typed @ }
        };
        let item = Item::parse(tokens.clone());
        let parsed: Vec<_> = item
            .attrs
            .iter()
            .map(|attr| attr.parsed.is_some())
            .collect();
        assert_eq!(parsed, [true, true, false]);
        assert_eq!(item.to_token_stream().to_string(), tokens.to_string());
    }

    #[test]
    fn fragments_of_a_macro_are_opened() {
        let inner = quote!(
            #[get("/")]
            fn f() {}
        );
        let fragment = TokenTree::Group(Group::new(Delimiter::None, inner));
        let item = Item::parse(quote!(#[inline] #fragment));
        assert_eq!(item.attrs.len(), 2);
        assert_eq!(
            item.rest.to_string(),
            quote!(
                fn f() {}
            )
            .to_string()
        );
    }

    #[test]
    fn items_are_described() {
        for (item, expected) in [
            (
                quote!(
                    pub struct S;
                ),
                "a struct",
            ),
            (quote!(impl S { fn f() {} }), "an impl block"),
            (
                quote!(
                    mod m {}
                ),
                "a module",
            ),
            (
                quote!(
                    fn f(&self) -> u8;
                ),
                "a function without a body",
            ),
            (quote!(let a = 1), "this item"),
            (quote!(), "this item"),
        ] {
            assert_eq!(describe(&item), expected);
        }
    }
}
