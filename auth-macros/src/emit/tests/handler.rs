//! The expansion of an attribute above a handler.

use quote::quote;

use super::expanded;
use crate::handoff::GUARD;
use crate::syntax::kind::Kind;

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
