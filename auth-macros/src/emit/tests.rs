//! Whole expansions.

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::handoff::{Arguments, GUARD};
use crate::syntax::attribute::Attr;
use crate::syntax::kind::Kind;

fn expanded(kind: Kind, args: &TokenStream, item: &TokenStream) -> String {
    let attr = Attr::expanded(kind, Arguments::read(args.clone()));
    expand(attr, item.clone(), &quote!(::auth_runtime)).to_string()
}

#[test]
fn a_requirement_makes_a_guard_and_a_policy() {
    let expanded = expanded(
        Kind::RequiresScope,
        &quote!("read:messages", scopes::READ),
        &quote! {
            #[get("/<id>")]
            pub async fn f(id: u8, __auth: &str) -> String { body() }
        },
    );
    let expected = quote! {
        #[get("/<id>")]
        pub async fn f(__auth_authorized: ::auth_runtime::Authorized<f>, id: u8, __auth: &str,
            __auth_no_refusal: ::auth_runtime::__private::NoRefusal)
            -> String { body() }
        impl ::auth_runtime::Protected for f {
            const POLICY: ::auth_runtime::Policy =
                ::auth_runtime::__private::requires(const { &[
                    ::auth_runtime::__private::scope("read:messages"),
                    ::auth_runtime::__private::scope(scopes::READ)
                ] });
            const SEAL: ::auth_runtime::__private::Seal<Self> =
                ::auth_runtime::__private::Seal::new();
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
fn a_module_puts_its_attributes_only_on_routes() {
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
            mod inner {
                #[::auth_runtime::requires_scope(__module, "a")]
                #[::auth_runtime::requires_auth(__module)]
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
fn an_attribute_of_a_module_leaves_everything_but_routes_as_it_is() {
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
fn a_public_that_exempts_has_to_prove_that_it_is_ours() {
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
        assert!(!expanded.contains("requires_auth"), "{expanded}");
    }
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
        "is below the route attribute `#[get]`",
        "a scope cannot contain a space",
        "duplicate scope: `\\\"c\\\"`",
        "found an integer",
        "expected an argument of `#[requires_auth]`",
        "`#[requires_auth]` is given twice",
        "cannot be combined",
    ] {
        assert!(expanded.contains(message), "{message} not in {expanded}");
    }
}

#[test]
fn a_complete_policy_is_never_replaced() {
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
fn anything_but_a_handler_is_reported_once_and_emitted_as_it_was() {
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
            "there is none below it",
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

#[test]
fn a_module_leaves_attributes_of_others_above_its_own() {
    // `#[route]` may come from `#[other]`, which is expanded first.
    let module = quote!(
        mod m {
            #[other]
            #[requires_scope("a")]
            fn f() {}
            #[other]
            #[get("/")]
            fn g() {}
            #[get]
            struct S;
            #[other]
            fn h() {}
        }
    );
    let expected = quote! {
        mod m {
            #[other]
            #[::auth_runtime::requires_auth(__module)]
            #[requires_scope("a")]
            fn f() {}
            #[other]
            #[::auth_runtime::requires_auth(__module)]
            #[get("/")]
            fn g() {}
            #[get]
            struct S;
            #[other]
            fn h() {}
        }
    };
    let expanded = expanded(Kind::RequiresAuth, &quote!(), &module);
    assert_eq!(expanded, expected.to_string());
}
