//! What we need of the item below an attribute.
//!
//! Signatures are parsed; bodies stay the tokens that they are, so that they are neither parsed
//! twice nor changed in any way.

use std::collections::VecDeque;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Signature, Token, Visibility};

/// Any item: its attributes, and the rest of it.
pub(crate) struct Item {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) rest: TokenStream,
}

/// A function with a body, without its attributes.
pub(crate) struct Function {
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
}

/// A module, without its attributes.
pub(crate) struct Module {
    /// All before its body.
    pub(crate) head: TokenStream,
    pub(crate) name: Ident,
    /// Not there if it is in another file.
    pub(crate) body: Option<Group>,
}

impl Parse for Module {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (vis, unsafety): (Visibility, Option<Token![unsafe]>) =
            (input.parse()?, input.parse()?);
        let keyword: Token![mod] = input.parse()?;
        let name: Ident = input.parse()?;
        let head = quote!(#vis #unsafety #keyword #name);
        let body = match input.parse()? {
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => Some(body),
            TokenTree::Punct(end) if end.as_char() == ';' => None,
            other => return Err(syn::Error::new_spanned(other, "expected a module's body")),
        };
        Ok(Self { head, name, body })
    }
}

impl Module {
    /// What it contains. Where one item ends and the next begins is told by `;` and `{…}` alone: that
    /// may part an item in two, but never hides an attribute at the beginning of one.
    pub(crate) fn items(body: TokenStream) -> Vec<Item> {
        let (mut items, mut current) = (Vec::new(), TokenStream::new());
        // Of the attributes at the beginning of an item, all tokens.
        let (mut attrs, mut is_attribute) = (TokenStream::new(), false);
        let mut rest: VecDeque<TokenTree> = body.into_iter().collect();
        while let Some(token) = rest.pop_front() {
            match &token {
                // What a `macro_rules!` macro was given.
                TokenTree::Group(group)
                    if group.delimiter() == Delimiter::None && current.is_empty() =>
                {
                    for token in group
                        .stream()
                        .into_iter()
                        .collect::<Vec<_>>()
                        .into_iter()
                        .rev()
                    {
                        rest.push_front(token);
                    }
                    continue;
                }
                TokenTree::Punct(punct) if punct.as_char() == '#' && current.is_empty() => {
                    is_attribute = true;
                }
                TokenTree::Group(group)
                    if is_attribute && group.delimiter() == Delimiter::Bracket =>
                {
                    is_attribute = false;
                    attrs.extend([token]);
                    continue;
                }
                _ => {}
            }
            if is_attribute {
                attrs.extend([token]);
                continue;
            }
            let is_end = match &token {
                TokenTree::Punct(punct) => punct.as_char() == ';',
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                _ => false,
            };
            current.extend([token]);
            if is_end {
                items.push(Item::of(
                    &std::mem::take(&mut attrs),
                    std::mem::take(&mut current),
                ));
            }
        }
        items.push(Item::of(&attrs, current));
        items
    }
}

impl Item {
    fn of(attrs: &TokenStream, rest: TokenStream) -> Self {
        // An attribute of the module itself stands before those of its first item.
        let parse = |input: ParseStream<'_>| {
            let inner = input.call(Attribute::parse_inner)?;
            Ok((inner, input.call(Attribute::parse_outer)?))
        };
        match parse.parse2(attrs.clone()) {
            Ok((inner, outer)) => {
                let attrs = inner.into_iter().chain(outer).collect();
                Self { attrs, rest }
            }
            Err(_) => Self {
                attrs: Vec::new(),
                rest: quote!(#attrs #rest),
            },
        }
    }
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            rest: input.parse()?,
        })
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.attrs.iter().map(ToTokens::to_token_stream));
        self.rest.to_tokens(tokens);
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (vis, sig) = (input.parse()?, input.parse()?);
        match input.parse()? {
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => {
                Ok(Self { vis, sig, body })
            }
            other => Err(syn::Error::new_spanned(other, "expected a function's body")),
        }
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}

/// What an item that is no [`Function`] is called.
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
        _ if syn::parse2::<Bodiless>(item.clone()).is_ok() => "a function without a body",
        _ => "this item",
    }
}

/// A function of a trait or of an extern block.
struct Bodiless;

impl Parse for Bodiless {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<Visibility>()?;
        input.parse::<Signature>()?;
        input.parse::<Token![;]>()?;
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_given_back_as_it_was() {
        let tokens = quote! {
            #[get("/")]
            #[doc = " Documented."]
            pub(crate) async fn f<'r>(a: &'r str, _b: [u8; 4]) -> Option<&'r str>
            where
                u8: Copy,
            {
                #![allow(unused)]
                let half = typed @
            }
        };
        let item: Item = syn::parse2(tokens.clone()).unwrap();
        let function: Function = syn::parse2(item.rest.clone()).unwrap();
        let (attrs, item) = (&item.attrs, item.to_token_stream());

        assert_eq!(item.to_string(), tokens.to_string());
        assert_eq!(quote!(#(#attrs)* #function).to_string(), tokens.to_string());
    }

    #[test]
    fn the_attributes_of_each_item_of_a_module_are_found() {
        let module: Module = syn::parse2(quote! {
            pub(crate) mod m {
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
            }
        })
        .unwrap();
        let body = module.body.unwrap().stream();
        let items = Module::items(body.clone());
        let names: Vec<_> = items
            .iter()
            .flat_map(|item| &item.attrs)
            .map(|attr| attr.path().to_token_stream().to_string())
            .collect();

        assert_eq!(
            names,
            ["allow", "doc", "first", "second", "third", "fourth", "last"]
        );
        assert_eq!(quote!(#(#items)*).to_string(), body.to_string());
    }

    #[test]
    fn what_is_no_function_is_described() {
        assert_eq!(
            describe(&quote!(
                pub struct S;
            )),
            "a struct"
        );
        assert_eq!(describe(&quote!(impl S { fn f() {} })), "an impl block");
        assert_eq!(
            describe(&quote!(
                mod m {}
            )),
            "a module"
        );
        assert_eq!(
            describe(&quote!(
                fn f(&self) -> u8;
            )),
            "a function without a body"
        );
        assert_eq!(describe(&quote!(let a = 1)), "this item");
        assert_eq!(describe(&quote!()), "this item");
    }
}
