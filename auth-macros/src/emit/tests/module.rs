//! The expansion of an attribute on a module, and of what it hands down.

use quote::quote;

use super::expanded;
use crate::syntax::kind::Kind;

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
        // What an attribute of another crate may make from a function.
        quote!(
            #[derive(Clone)]
            struct F;
        ),
        quote!(
            impl F {}
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
fn the_attribute_of_a_module_comes_after_those_that_may_make_a_route() {
    let item = quote!(
        #[::auth_runtime::requires_role(__module, "b")]
        #[other]
        fn f() {}
    );
    let expected = quote! {
        #[other]
        #[::auth_runtime::requires_scope(__module, __last, "a")]
        #[::auth_runtime::requires_role(__module, __last, "b")]
        fn f() {}
    };
    let args = quote!(__module, "a");
    let expanded = expanded(Kind::RequiresScope, &args, &item);
    assert_eq!(expanded, expected.to_string());

    // It is not expanded again if `other` is not a macro.
    let item = quote!(
        #[other]
        #[::auth_runtime::requires_role(__module, __last, "b")]
        fn f() {}
    );
    let args = quote!(__module, __last, "a");
    assert_eq!(
        super::expanded(Kind::RequiresScope, &args, &item),
        quote!(
            #[other]
            fn f() {}
        )
        .to_string()
    );
}

#[test]
fn the_attribute_of_a_module_does_not_accept_a_macro_call() {
    let call = quote!(route! { f });
    let expanded = expanded(Kind::RequiresAuth, &quote!(__module), &call);
    assert!(expanded.contains("not on a macro"), "{expanded}");
}

#[test]
fn the_attribute_of_a_module_may_come_below_the_route_attribute() {
    let route = quote!(
        #[get("/")]
        #[::auth_runtime::requires_role(__module, "a")]
        fn f() {}
    );
    let expanded = expanded(Kind::RequiresScope, &quote!("b"), &route);
    assert!(!expanded.contains("compile_error"), "{expanded}");
    for requirement in ["scope (\"b\")", "role (\"a\")"] {
        assert!(expanded.contains(requirement), "{expanded}");
    }
}

#[test]
fn a_module_leaves_attributes_of_others_above_its_own() {
    // `#[get]`, and one of ours above it, may come from `#[other]`, which is expanded first.
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
            #[inline]
            fn i() {}
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
            #[::auth_runtime::requires_auth(__module)]
            fn h() {}
            #[inline]
            fn i() {}
        }
    };
    let expanded = expanded(Kind::RequiresAuth, &quote!(), &module);
    assert_eq!(expanded, expected.to_string());
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
