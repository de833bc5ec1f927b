//! `routes!`: Rocket's macro, for routes that declare their policy.

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
        Err(problem) => {
            let help = "`routes!` takes the names of route handlers, separated by commas";
            let place = quote_spanned!(problem.span()=> routes);
            let error = error(place, problem, help).into_compile_error();
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
    fn every_route_has_to_declare_its_policy() {
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
    fn anything_but_a_path_is_reported() {
        let expanded = expanded(&quote!(a, "b"));
        assert!(expanded.contains("compile_error"), "{expanded}");
        assert!(!expanded.contains("declaration"), "{expanded}");
    }
}
