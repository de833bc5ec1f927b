//! What we need of the item below an attribute.
//!
//! Signatures are parsed; bodies stay the tokens that they are, so that they are neither parsed
//! twice nor changed in any way.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
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
    use quote::quote;

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
