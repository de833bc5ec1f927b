//! Tokens out: the handler with its guard, and the policy beside it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Pat, PatType, Token, Type};

use crate::attr::{Attr, Kind};
use crate::diagnostics::Errors;
use crate::item::{Function, Item, Module, describe};
use crate::merge::Declaration;
use crate::policy::{constant, located};
use crate::route::Target;
use crate::valid::{self, Policy, Role};
use crate::{merge, module};

/// The name of the argument that guards a handler.
pub(crate) const GUARD: &str = "__auth_authorized";
/// The name of its type.
pub(crate) const AUTHORIZED: &str = "Authorized";
/// As many as clippy allows by default.
const MOST_ARGUMENTS: usize = 7;
/// The argument that marks the trace of a merged attribute.
const MERGED: &str = "__merged";
/// The same, of one that exempts from what a module requires.
const EXEMPTING: &str = "__exempting";
/// What that expands to.
const PROOF: &str = "__AUTH_EXEMPTED_BY_PUBLIC_OF_AUTH_RUNTIME";

/// Expands the outermost of our attributes on an item.
///
/// Whatever is wrong, the item itself comes out, so that its users do not fail as well. A route
/// whose attributes are wrong refuses everyone.
pub(crate) fn expand(outermost: Attr, item: &TokenStream, runtime: &TokenStream) -> TokenStream {
    let (kind, place) = (outermost.kind, outermost.place.clone());
    let mut item: Item = match syn::parse2(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#error #item);
        }
    };
    let found = merge::gather(outermost, &mut item.attrs);
    let merged = traces(&found);
    if let Ok(module) = syn::parse2::<Module>(item.rest.clone()) {
        let module = module::expand(&found, &item.attrs, &module, runtime);
        return quote!(#module #merged);
    }

    let mut errors = Errors::default();
    let Ok(function) = syn::parse2::<Function>(item.rest.clone()) else {
        errors.push(valid::not_a_function(kind, &place, describe(&item.rest)));
        return quote!(#errors #item);
    };
    let role = valid::role(&function, &found, &mut errors);
    let policy = valid::policy(&found, &mut errors);

    let Item { attrs, .. } = item;
    if matches!(role, Role::Neither) {
        return quote!(#errors #(#attrs)* #function);
    }
    // Rocket's type is deprecated where the handler is, and the expansion names the type.
    let is_deprecated = attrs.iter().any(|attr| attr.path().is_ident("deprecated"));
    let allow = is_deprecated.then(|| quote!(#[allow(deprecated)]));
    let protected = protected(&function, &policy, runtime);

    let is_guarded = matches!(role, Role::Route) && !matches!(policy, Policy::Public);
    // The guard is not to be the one argument too many.
    let is_full = is_guarded && function.sig.inputs.len() == MOST_ARGUMENTS;
    let allow_more = is_full.then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let function = if is_guarded {
        guarded(function, &found, runtime)
    } else {
        function
    };

    quote!(#errors #allow #allow_more #(#attrs)* #function #allow #protected #merged)
}

/// What an attribute expands to that is the trace of one that was merged: see [`traces`].
pub(crate) fn trace(args: &TokenStream) -> Option<TokenStream> {
    let argument: Ident = syn::parse2(args.clone()).ok()?;
    if argument == EXEMPTING {
        let proof = mixed(PROOF);
        return Some(quote_spanned!(Span::mixed_site()=> const #proof: () = ();));
    }
    (argument == MERGED).then(TokenStream::new)
}

/// A trace of each attribute that was merged: rustc resolves its name, so that its import is used
/// and an unknown name is an error. It expands to nothing, save where a `public` exempts from what
/// a module requires: that it is ours is proved by what it expands to.
fn traces(found: &Declaration) -> TokenStream {
    let is_required = found.inherited().any(|attr| attr.kind != Kind::Public);
    let merged = found.merged().filter(|attr| !attr.inherited);
    let traces = merged.filter_map(|attr| {
        let path = attr.path.as_ref()?;
        let (merged, exempting, proof) = (mixed(MERGED), mixed(EXEMPTING), mixed(PROOF));
        Some(if is_required && attr.kind == Kind::Public {
            quote_spanned! { Span::mixed_site() =>
                const _: () = {
                    #[#path(#exempting)] const _: () = ();
                    #proof
                };
            }
        } else {
            quote_spanned!(Span::mixed_site()=> #[#path(#merged)] const _: () = ();)
        })
    });
    traces.collect()
}

/// The handler with the guard as its first argument, so that nothing is looked at before it.
fn guarded(mut function: Function, found: &Declaration, runtime: &TokenStream) -> Function {
    let (route, authorized) = (&function.sig.ident, mixed(AUTHORIZED));
    // Rocket names its own variables where a guard's type stands, and they have to be those that
    // it declares at its attribute: the two differ where one of the attributes is made by a macro.
    let span = match &found.target {
        Some(Target::Route(route)) => Span::call_site().resolved_at(route.place.span()),
        _ => Span::call_site(),
    };
    let runtime = located(runtime, span);
    let guard = FnArg::Typed(PatType {
        attrs: Vec::new(),
        pat: Box::new(Pat::Verbatim(mixed(GUARD).into_token_stream())),
        colon_token: Token![:](Span::mixed_site()),
        ty: Box::new(Type::Verbatim(quote!(#runtime::#authorized<#route>))),
    });
    function.sig.inputs.insert(0, guard);
    function
}

/// The policy of the route, on the type that Rocket makes of its handler.
fn protected(function: &Function, policy: &Policy, runtime: &TokenStream) -> TokenStream {
    let route = &function.sig.ident;
    let policy = constant(policy, runtime);
    quote_spanned! { Span::mixed_site() =>
        impl #runtime::Protected for #route {
            const POLICY: #runtime::Policy = #policy;
        }
    }
}

fn mixed(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attr::Kind;

    fn expanded(kind: Kind, args: &TokenStream, item: &TokenStream) -> String {
        expand(
            Attr::outermost(kind, args.clone()),
            item,
            &quote!(::auth_runtime),
        )
        .to_string()
    }

    #[test]
    fn a_requirement_makes_a_guard_and_a_policy() {
        let expanded = expanded(
            Kind::RequiresScope,
            &quote!("read:messages", scopes::READ),
            &quote! {
                #[get("/<id>")]
                pub async fn f(id: u8, __auth: u8) -> String { body() }
            },
        );
        let expected = quote! {
            #[get("/<id>")]
            pub async fn f(__auth_authorized: ::auth_runtime::Authorized<f>, id: u8, __auth: u8)
                -> String { body() }
            impl ::auth_runtime::Protected for f {
                const POLICY: ::auth_runtime::Policy =
                    ::auth_runtime::__private::requires(const { &[
                        ::auth_runtime::__private::scope("read:messages"),
                        ::auth_runtime::__private::scope(scopes::READ)
                    ] });
            }
        };
        assert_eq!(expanded, expected.to_string());
    }

    #[test]
    fn stacked_attributes_make_one_guard_and_one_policy() {
        let expanded = expanded(
            Kind::RequiresScope,
            &quote!("a"),
            &quote!(
                #[requires_auth]
                #[x::requires_scope("b")]
                #[get("/")]
                fn f() {}
            ),
        );
        assert_eq!(expanded.matches("Authorized").count(), 1, "{expanded}");
        assert_eq!(expanded.matches("Protected").count(), 1, "{expanded}");
        assert_eq!(
            expanded.matches("__private :: scope").count(),
            2,
            "{expanded}"
        );
        for trace in [
            "# [requires_auth (__merged)]",
            "# [x :: requires_scope (__merged)]",
        ] {
            assert_eq!(expanded.matches(trace).count(), 1, "{expanded}");
        }
    }

    #[test]
    fn a_module_hands_down_to_routes_alone() {
        let expanded = expanded(
            Kind::RequiresScope,
            &quote!("a"),
            &quote!(
                #[requires_auth]
                mod m {
                    #![allow(unused)]
                    #[get("/")]
                    fn route() {}
                    #[inline]
                    fn helper() {}
                    mod helpers {
                        fn f() {}
                    }
                    #[cfg_attr(x, get("/x"))]
                    fn conditional() {}
                    mod inner {
                        #[get("/inner")]
                        fn route() {}
                    }
                }
            ),
        );
        let expected = quote! {
            mod m {
                #![allow(unused)]
                #[::auth_runtime::requires_scope(__module, "a")]
                #[::auth_runtime::requires_auth(__module)]
                #[get("/")]
                fn route() {}
                #[inline]
                fn helper() {}
                mod helpers {
                    fn f() {}
                }
                #[::auth_runtime::requires_scope(__module, "a")]
                #[::auth_runtime::requires_auth(__module)]
                #[cfg_attr(x, get("/x"))]
                fn conditional() {}
                #[::auth_runtime::requires_scope(__module, "a")]
                #[::auth_runtime::requires_auth(__module)]
                mod inner {
                    #[get("/inner")]
                    fn route() {}
                }
            }
            #[requires_auth(__merged)]
            const _: () = ();
        };
        assert_eq!(expanded, expected.to_string());
    }

    #[test]
    fn what_a_module_hands_down_leaves_anything_but_a_route_as_it_is() {
        for item in [
            quote!(
                fn f() {}
            ),
            quote!(
                #[catch(404)]
                fn f() {}
            ),
        ] {
            let args = quote!(__module, "a");
            assert_eq!(
                expanded(Kind::RequiresScope, &args, &item),
                item.to_string()
            );
        }
    }

    #[test]
    fn a_public_that_exempts_proves_to_be_ours() {
        let route = quote!(
            #[a::public]
            #[get("/")]
            fn f() {}
        );
        let module = quote!(
            #[a::public]
            mod m {
                #[get("/")]
                fn f() {}
            }
        );
        for item in [route.clone(), module] {
            let expanded = expanded(Kind::RequiresAuth, &quote!(__module), &item);
            assert!(
                expanded.contains("# [a :: public (__exempting)]"),
                "{expanded}"
            );
            assert!(expanded.contains(&format!("{PROOF} }}")), "{expanded}");
            assert!(!expanded.contains("requires_auth"), "{expanded}");
        }
        assert!(
            trace(&quote!(__exempting))
                .unwrap()
                .to_string()
                .contains(PROOF)
        );

        let expanded = expanded(Kind::Public, &quote!(__module), &route);
        assert!(
            expanded.contains("# [a :: public (__merged)]"),
            "{expanded}"
        );
    }

    #[test]
    fn a_module_whose_attributes_are_wrong_hands_down_a_refusal() {
        let module = quote!(
            mod m {
                #[get("/")]
                fn f() {}
            }
        );
        let expanded_module = expanded(Kind::RequiresScope, &quote!(""), &module);
        assert_eq!(expanded_module.matches("compile_error").count(), 1);
        assert!(
            expanded_module.contains("# [:: auth_runtime :: requires_auth (__module , __refuse)]"),
            "{expanded_module}"
        );

        let route = quote!(
            #[requires_scope("a")]
            #[get("/")]
            fn f() {}
        );
        let expanded = expanded(Kind::RequiresAuth, &quote!(__module, __refuse), &route);
        assert!(expanded.contains("REFUSE_ALL"), "{expanded}");
        assert!(!expanded.contains("compile_error"), "{expanded}");
    }

    #[test]
    fn a_public_route_has_a_policy_and_no_guard() {
        let expanded = expanded(
            Kind::Public,
            &quote!(),
            &quote!(
                #[get("/")]
                fn f() {}
            ),
        );
        assert!(expanded.contains("__private :: PUBLIC"), "{expanded}");
        assert!(!expanded.contains(GUARD), "{expanded}");
    }

    #[test]
    fn a_route_whose_attributes_are_wrong_refuses_everyone() {
        for (kind, args, item) in [
            (
                Kind::Public,
                quote!("a"),
                quote!(
                    #[get("/")]
                    fn f() {}
                ),
            ),
            (
                Kind::Public,
                quote!(),
                quote!(
                    #[requires_auth]
                    #[get("/")]
                    fn f() {}
                ),
            ),
            (
                Kind::RequiresScope,
                quote!(5),
                quote!(
                    #[get("/")]
                    fn f() {}
                ),
            ),
            (
                Kind::RequiresAuth,
                quote!(),
                quote!(
                    #[get("/")]
                    #[public]
                    fn f() {}
                ),
            ),
        ] {
            let expanded = expanded(kind, &args, &item);
            assert!(expanded.contains("compile_error"), "{expanded}");
            assert!(expanded.contains("__private :: REFUSE_ALL"), "{expanded}");
            assert!(expanded.contains("fn f (__auth_authorized :"), "{expanded}");
        }
    }

    #[test]
    fn all_errors_are_reported_at_once() {
        let expanded = expanded(
            Kind::RequiresScope,
            &quote!("a b", "c", "c", 5),
            &quote!(
                #[requires_auth(1)]
                #[public]
                #[get("/")]
                #[requires_auth]
                fn f() {}
            ),
        );
        for message in [
            "stands below the route attribute `#[get]`",
            "a scope cannot contain a space",
            "duplicate scope: `\\\"c\\\"`",
            "found an integer",
            "expected an argument of `#[requires_auth]`",
            "`#[requires_auth]` is written twice",
            "cannot be combined",
        ] {
            assert!(expanded.contains(message), "{message} not in {expanded}");
        }
    }

    #[test]
    fn a_policy_that_is_complete_is_never_replaced() {
        let expanded = expanded(
            Kind::RequiresScope,
            &quote!("a"),
            &quote!(
                #[get("/")]
                fn f(__auth_authorized: ::auth_runtime::Authorized<f>) {}
            ),
        );
        assert!(expanded.contains("compile_error"), "{expanded}");
        assert!(!expanded.contains("Protected"), "{expanded}");
    }

    #[test]
    fn what_is_no_handler_is_reported_once_and_comes_out_as_it_was() {
        for (item, message) in [
            (
                quote!(
                    struct S;
                ),
                "not on a struct",
            ),
            (
                quote!(
                    fn f();
                ),
                "not on a function without a body",
            ),
            (
                quote!(
                    fn f(&self) {}
                ),
                "not on a method",
            ),
            (
                quote!(
                    fn f() {}
                ),
                "and none follows it",
            ),
            (
                quote!(
                    #[catch(404)]
                    fn f() {}
                ),
                "cannot be used on a catcher",
            ),
        ] {
            let stacked = quote!(#[requires_scope("a")] #item);
            let expanded = expanded(Kind::RequiresAuth, &quote!(), &stacked);
            assert_eq!(expanded.matches("compile_error").count(), 1, "{expanded}");
            assert!(expanded.contains(message), "{expanded}");
            assert!(expanded.ends_with(&item.to_string()), "{expanded}");
        }
    }
}
