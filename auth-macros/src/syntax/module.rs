//! A module and the items in it.

use std::collections::VecDeque;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::item::{Item, open_group, take_attributes};
use super::tokens::{is_brace, is_punct};

/// A module, without its attributes.
pub(crate) struct Module {
    /// Everything before its body.
    pub(crate) head: TokenStream,
    pub(crate) name: Ident,
    /// `None` if the module is in another file.
    pub(crate) body: Option<Group>,
}

impl Module {
    pub(crate) fn parse(tokens: &TokenStream) -> Option<Self> {
        let (mut head, mut name) = (TokenStream::new(), None);
        let mut is_named = false;
        let mut tokens: VecDeque<TokenTree> = tokens.clone().into_iter().collect();
        loop {
            open_group(&mut tokens);
            let token = tokens.pop_front()?;
            match &token {
                TokenTree::Ident(word) if is_named => {
                    name = Some(word.clone());
                    is_named = false;
                }
                TokenTree::Ident(word) if name.is_none() && word == "mod" => is_named = true,
                TokenTree::Ident(word) if name.is_none() && (word == "pub" || word == "unsafe") => {
                }
                TokenTree::Group(group)
                    if name.is_none() && group.delimiter() == Delimiter::Parenthesis => {}
                TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => {
                    return Some(Self {
                        head,
                        name: name?,
                        body: Some(body.clone()),
                    });
                }
                TokenTree::Punct(end) if end.as_char() == ';' => {
                    return Some(Self {
                        head,
                        name: name?,
                        body: None,
                    });
                }
                _ => return None,
            }
            head.extend([token]);
        }
    }
}

/// Splits a module's body into its items. Only `;` and `{…}` are taken to end an item. This can split
/// an item in two, but it never hides an attribute at the beginning of one.
pub(crate) fn items(body: TokenStream) -> Vec<Item> {
    let mut tokens: VecDeque<TokenTree> = body.into_iter().collect();
    let mut items = Vec::new();
    while !tokens.is_empty() {
        let attrs = take_attributes(&mut tokens);
        let mut rest: Vec<TokenTree> = Vec::new();
        while let Some(token) = tokens.pop_front() {
            // `Type<{ N }>` and `= { 1 }` go on.
            let is_within = rest
                .last()
                .is_some_and(|last| is_punct(last, '<') || is_punct(last, '='));
            let is_end = is_punct(&token, ';') || is_brace(&token) && !is_within;
            rest.push(token);
            if is_end {
                break;
            }
        }
        items.push(Item {
            attrs,
            rest: rest.into_iter().collect(),
        });
    }
    items
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::*;

    #[test]
    fn a_module_is_recognized_with_and_without_a_body() {
        for (tokens, has_body) in [
            (
                quote!(
                    mod m {}
                ),
                true,
            ),
            (
                quote!(
                    pub(in a::b) mod m {
                        fn f() {}
                    }
                ),
                true,
            ),
            (
                quote!(
                    pub mod m;
                ),
                false,
            ),
        ] {
            let module = Module::parse(&tokens).unwrap();
            assert_eq!(module.name, "m");
            assert_eq!(module.body.is_some(), has_body);
        }
        for other in [
            quote!(
                struct mod_;
            ),
            quote!(
                fn f() {}
            ),
            quote!(mod 5 {}),
            quote!(),
        ] {
            assert!(Module::parse(&other).is_none());
        }
    }

    #[test]
    fn the_attributes_of_each_item_are_found() {
        let body = quote! {
            #![allow(dead_code)]
            //! Documented.
            #[first]
            const N: usize = { 1 };
            use a::{b, c};
            impl S<{ N }> for Vec<{ N }> {
                #[not_of_the_module]
                fn f() {}
            }
            #[second]
            fn f(a: [u8; { N }]) -> T<{ N }> { half typed @ }
            handler!(a);
            handler! { b }
            struct S;
            #[third]
            #[fourth("a")]
            pub async fn g() {}
            #[last]
        };
        let items = items(body.clone());
        let names: Vec<_> = items.iter().flat_map(|item| &item.attrs).collect();
        let names: Vec<_> = names
            .iter()
            .filter_map(|attr| Some(attr.parsed.as_ref()?.path().to_token_stream().to_string()))
            .collect();

        assert_eq!(names, ["first", "second", "third", "fourth", "last"]);
        assert_eq!(quote!(#(#items)*).to_string(), body.to_string());
    }

    #[test]
    fn a_body_that_is_a_fragment_of_a_macro_ends_its_function() {
        let body = TokenTree::Group(Group::new(Delimiter::None, quote!({})));
        let items = items(quote!(fn helper() #body #[get("/")] fn route() {}));
        assert_eq!(items.len(), 2);
        assert_eq!(items[1].attrs.len(), 1);
    }
}
