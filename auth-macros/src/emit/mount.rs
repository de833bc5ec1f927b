//! Generates the routes of `routes!` and `protect!`, which have the policies of the list as well.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Path};

use super::handler::check;
use super::policy::{self, Policy, located};
use crate::check::repetition::{Required, without_repetitions};
use crate::check::{combination, mount as rules};
use crate::diagnostics::Errors;
use crate::model::Requirement;
use crate::parse;
use crate::syntax::attribute::Attr;
use crate::syntax::kind::Kind;
use crate::syntax::mount::Mount;
use crate::syntax::tokens::split_at_commas;

/// Expands `routes![ #![requires_role("admin")] a, b ]`.
pub(crate) fn routes(input: TokenStream, runtime: syn::Result<TokenStream>) -> TokenStream {
    let mut errors = Errors::default();
    let runtime = &runtime.unwrap_or_else(|error| unknown(error, &mut errors));
    let mount = Mount::parse(input);
    rules::require_ours(&mount, "routes", &mut errors);
    rules::reject_public(&mount.attrs, &mut errors);
    let requirements = requirements(&mount.attrs, &mut errors);
    let paths = paths(&mount.rest, &mut errors);
    if !errors.is_empty() {
        return no_routes(&errors);
    }

    let Mount { attrs, rest, .. } = mount;
    let routes = quote!(::rocket::routes![#rest]);
    if attrs.is_empty() {
        return quote! {
            #runtime::__private::mounted(
                #routes, &[#(#runtime::__private::declaration::<#paths>()),*]
            )
        };
    }
    let (constants, declared): (Vec<_>, TokenStream) = paths
        .iter()
        .enumerate()
        .map(|(index, path)| listed(index, path, runtime))
        .unzip();
    let list = policy::list(&requirements, runtime);
    quote! {{
        #declared
        #runtime::__private::mounted_under(#routes, &[#(#constants),*], #list)
    }}
}

/// Expands `protect![ #![requires_auth] FileServer::from("static") ]`.
pub(crate) fn protect(input: TokenStream, runtime: syn::Result<TokenStream>) -> TokenStream {
    let mut errors = Errors::default();
    let runtime = &runtime.unwrap_or_else(|error| unknown(error, &mut errors));
    let mount = Mount::parse(input);
    rules::require_ours(&mount, "protect", &mut errors);
    rules::require_policy(&mount, &mut errors);
    let requirements = requirements(&mount.attrs, &mut errors);
    let mut routes = split_at_commas(mount.rest.clone()).into_iter();
    let (routes, others) = (
        routes.next().unwrap_or_default(),
        routes.collect::<TokenStream>(),
    );
    if syn::parse2::<Expr>(routes.clone()).is_err() || !others.is_empty() {
        errors.push(rules::not_an_expression(&mount.rest));
    }
    if !errors.is_empty() {
        return no_routes(&errors);
    }
    let policy = if mount.attrs.iter().any(|attr| attr.kind == Kind::Public) {
        Policy::Public
    } else {
        Policy::Requires(requirements)
    };
    let policy = policy::constant(&policy, &[], runtime);
    quote!(#runtime::__private::protect(#routes, const { #policy }))
}

/// Reports that `auth-runtime` cannot be found. The returned path is not used, because an error
/// results in an empty list of routes.
fn unknown(error: syn::Error, errors: &mut Errors) -> TokenStream {
    errors.push(error);
    TokenStream::new()
}

fn requirements(attrs: &[Attr], errors: &mut Errors) -> Vec<Requirement> {
    combination::check_list(attrs, errors);
    let mut required = Vec::new();
    for attr in attrs {
        let requirements = parse::requirements(attr, errors);
        check(attr, &requirements, errors);
        for requirement in requirements {
            rules::reject_parameters(&requirement, errors);
            required.push(Required {
                requirement,
                is_inherited: false,
            });
        }
    }
    without_repetitions(required, errors)
}

fn paths(tokens: &TokenStream, errors: &mut Errors) -> Vec<Path> {
    rules::reject_surplus_commas(tokens, errors);
    let mut parts = split_at_commas(tokens.clone());
    // The part after a trailing comma is empty, and so is one before a surplus comma.
    parts.retain(|part| !part.is_empty());
    let paths = parts
        .iter()
        .filter_map(|part| rules::path(part).map_err(|error| errors.push(error)).ok());
    paths.collect()
}

/// Generates a constant for the policy of a route in a list that requires something, and returns its
/// name. A public route does not compile, because it is unclear which of the two is meant.
fn listed(index: usize, path: &Path, runtime: &TokenStream) -> (Ident, TokenStream) {
    let span = Span::mixed_site().located_at(path.span());
    let runtime = located(runtime, span);
    let name = format_ident!("__AUTH_ROUTE_{index}", span = span);
    let constant = quote_spanned! {span=>
        const #name: #runtime::__private::Declaration = #runtime::__private::listed::<#path>();
    };
    (name, constant)
}

fn no_routes(errors: &Errors) -> TokenStream {
    quote! {{
        #errors
        ::std::vec::Vec::<::rocket::Route>::new()
    }}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> TokenStream {
        quote!(::auth_runtime)
    }

    #[test]
    fn every_route_has_to_declare_its_policy() {
        let expected = quote! {
            ::auth_runtime::__private::mounted(
                ::rocket::routes![a, m::b,],
                &[
                    ::auth_runtime::__private::declaration::<a>(),
                    ::auth_runtime::__private::declaration::<m::b>()
                ]
            )
        };
        let expanded = routes(quote!(a, m::b,), Ok(runtime()));
        assert_eq!(expanded.to_string(), expected.to_string());
    }

    #[test]
    fn the_requirements_of_a_list_are_a_constant() {
        let expanded = routes(quote!(#![requires_role("a")] a), Ok(runtime())).to_string();
        let expected = quote!(const { &[::auth_runtime::__private::role("a")] });
        assert!(expanded.contains(&expected.to_string()), "{expanded}");
        assert!(expanded.contains("mounted_under"), "{expanded}");
    }

    #[test]
    fn other_routes_get_the_policy_of_the_attributes() {
        for (attribute, expected) in [
            (quote!(#![public]), quote!(PUBLIC)),
            (quote!(#![requires_auth]), quote!(requires(const { &[] }))),
        ] {
            let expanded = protect(quote!(#attribute files(),), Ok(runtime())).to_string();
            let expected = quote! {
                ::auth_runtime::__private::protect(
                    files(),
                    const { ::auth_runtime::__private::#expected }
                )
            };
            assert_eq!(expanded, expected.to_string());
        }
    }

    #[test]
    fn a_mistake_mounts_nothing() {
        for expanded in [
            routes(quote!(a, "b"), Ok(runtime())),
            routes(quote!(a()), Ok(runtime())),
            routes(quote!(a,, b), Ok(runtime())),
            routes(quote!(,), Ok(runtime())),
            routes(quote!(#![requires_auth], a), Ok(runtime())),
            routes(quote!(#![public] a), Ok(runtime())),
            routes(quote!(#![inline] a), Ok(runtime())),
            routes(
                quote!(
                    #[requires_auth]
                    a
                ),
                Ok(runtime()),
            ),
            routes(quote!(#![requires_claim(sub = "<id>")] a), Ok(runtime())),
            protect(quote!(files()), Ok(runtime())),
            protect(quote!(#![requires_auth]), Ok(runtime())),
            protect(quote!(#![requires_auth] a, b), Ok(runtime())),
            protect(quote!(#![requires_auth] #![public] a), Ok(runtime())),
        ] {
            let expanded = expanded.to_string();
            assert!(expanded.contains("compile_error"), "{expanded}");
            assert!(!expanded.contains("__private"), "{expanded}");
        }
    }
}
