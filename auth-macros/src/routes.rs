//! `routes!`: Rocket's, for routes that have declared their policy.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Path, Token};

use crate::diagnostics::error;

pub(crate) fn expand(input: &TokenStream, runtime: &TokenStream) -> TokenStream {
    let paths = Punctuated::<Path, Token![,]>::parse_terminated;
    match paths.parse2(input.clone()) {
        Ok(paths) => {
            let paths = paths.iter();
            quote! {
                #runtime::__private::mounted(
                    ::rocket::routes![#input],
                    &[#(#runtime::__private::declaration::<#paths>()),*],
                )
            }
        }
        Err(wrong) => {
            let help = "`routes!` takes the names of route handlers, separated by commas";
            let place = quote_spanned!(wrong.span()=> routes);
            let error = error(place, wrong, help).into_compile_error();
            quote! {{
                #error
                ::std::vec::Vec::<::rocket::Route>::new()
            }}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(input: &TokenStream) -> String {
        expand(input, &quote!(::auth_runtime)).to_string()
    }

    #[test]
    fn every_route_is_asked_for_its_policy() {
        let expected = quote! {
            ::auth_runtime::__private::mounted(
                ::rocket::routes![a, m::b,],
                &[
                    ::auth_runtime::__private::declaration::<a>(),
                    ::auth_runtime::__private::declaration::<m::b>()
                ],
            )
        };
        assert_eq!(expanded(&quote!(a, m::b,)), expected.to_string());
    }

    #[test]
    fn what_is_no_path_is_reported() {
        let expanded = expanded(&quote!(a, "b"));
        assert!(expanded.contains("compile_error"), "{expanded}");
        assert!(!expanded.contains("declaration"), "{expanded}");
    }
}
