//! The expansion of attributes that are wrong.

use quote::quote;

use super::expanded;
use crate::syntax::kind::Kind;

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
fn each_repetition_is_reported_once() {
    for (kind, args, above) in [
        (
            Kind::RequiresAuth,
            quote!(max_age = 5, max_age = 5),
            quote!(),
        ),
        (
            Kind::RequiresAuth,
            quote!(max_age = 5, max_age = 6),
            quote!(),
        ),
        (Kind::RequiresAuth, quote!(acr = "a", acr = "a"), quote!()),
        (
            Kind::RequiresAuth,
            quote!(sender_constrained, sender_constrained),
            quote!(),
        ),
        (
            Kind::RequiresAuth,
            quote!(max_age = 5),
            quote!(#[requires_auth(max_age = 5)]),
        ),
        (Kind::RequiresScope, quote!("a", "a"), quote!()),
        (
            Kind::RequiresScope,
            quote!("a"),
            quote!(#[requires_scope("a")]),
        ),
        (Kind::RequiresScope, quote!(any("a", "a")), quote!()),
        (Kind::RequiresScope, quote!("a", "a", report_only), quote!()),
        (
            Kind::RequiresScope,
            quote!("a", not_found, not_found),
            quote!(),
        ),
        (
            Kind::RequiresScope,
            quote!("a", report_only, report_only),
            quote!(),
        ),
        (Kind::RequiresClaim, quote!(a = 1, a = 1), quote!()),
        (Kind::Requires, quote!(A, A), quote!()),
        (Kind::Requires, quote!(scope("a", "a")), quote!()),
        (Kind::Requires, quote!(scope("a"), scope("a")), quote!()),
        (Kind::Public, quote!(), quote!(#[public])),
    ] {
        let expanded = expanded(kind, &args, &quote!(#above #[get("/")] fn f() {}));
        let errors = expanded.matches("help: remove one of them").count();
        let notes = expanded.matches("the first one is here").count();
        assert_eq!(errors, 1, "{kind}({args}): {expanded}");
        assert!(notes <= 1, "{kind}({args}): {expanded}");
        assert_eq!(expanded.matches("compile_error").count(), errors + notes);
    }
}
