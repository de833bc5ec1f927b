use quote::quote;

use super::*;

fn seal(item: TokenStream) -> (String, Vec<String>) {
    let Sealed { item, calls } = Sealed::new(item);
    (
        item.to_string(),
        calls.iter().map(ToString::to_string).collect(),
    )
}

#[test]
fn statements_become_expressions() {
    for (body, expected) in [
        (quote!(m!(a);), quote!((m!(a));)),
        (
            quote!(let a = 1; ::m::n![a]; a),
            quote!(let a = 1; (::m::n![a]); a),
        ),
        (quote!(m! { a } 5), quote!((m! { a }); 5)),
        (quote!(m! { a }), quote!((m! { a }))),
        (quote!(m! { a };), quote!((m! { a });)),
        (quote!(#[allow(x)] m!();), quote!(#[allow(x)] (m!());)),
        (
            quote!(if a { m!(); } n!();),
            quote!(if a { (m!()); } (n!());),
        ),
        (
            quote!(match a {
                1 => {
                    m!();
                }
                _ => {}
            }),
            quote!(match a {
                1 => {
                    (m!());
                }
                _ => {}
            }),
        ),
        (quote!(f(|| { m!(); });), quote!(f(|| { (m!()); });)),
        // These are negations and not arguments of macros.
        (
            quote!(let a = !{ m!(); b };),
            quote!(let a = !{ (m!()); b };),
        ),
        (
            quote!(if !(a && {
                m!();
                b
            }) {}),
            quote!(if !(a && {
                (m!());
                b
            }) {}),
        ),
        (
            quote!({ m!(); } extern crate a;),
            quote!({ (m!()); } extern crate a;),
        ),
        (
            quote!(
                fn g() {
                    m!();
                }
            ),
            quote!(
                fn g() {
                    (m!());
                }
            ),
        ),
        (
            quote!(
                const A: u8 = {
                    m!();
                    1
                };
            ),
            quote!(
                const A: u8 = {
                    (m!());
                    1
                };
            ),
        ),
    ] {
        let (item, calls) = seal(quote!(fn f() { #body }));
        assert_eq!(item, quote!(fn f() { #expected }).to_string());
        assert!(calls.is_empty());
    }
}

#[test]
fn expressions_patterns_and_definitions_stay_as_they_are() {
    for body in [
        quote!(m!(a)),
        quote!(m!(a).b();),
        quote!(m! { a }.b();),
        quote!(m!(a)?;),
        quote!(let a = m!(b);),
        quote!(f(m!(a), [m!(); 2]);),
        quote!(match a {
            m!(b) => 1,
            m! { c } => 2,
            m! { d } if e => 3,
        }),
        quote!(
            macro_rules! m {
                () => {
                    n!();
                };
            }
        ),
        quote!(n(m! { o!(); });),
        quote!(a(S {
            b: m! { c },
            d: m! { e }
        })),
        quote!(return m!(a);),
        quote!(if !m!(a) {}),
        quote!(
            struct S {
                a: m!(),
            }
        ),
    ] {
        let item = quote!(fn f() { #body });
        assert_eq!(seal(item.clone()), (item.to_string(), Vec::new()));
    }
}

#[test]
fn calls_in_the_position_of_items_are_found() {
    for (item, expected) in [
        (quote!(m!(a);), "m"),
        (quote!(a::m! { b }), "m"),
        (quote!(impl A { m!(); }), "m"),
        (
            quote!(
                unsafe impl A for B {
                    fn f() {}
                    m! {}
                }
            ),
            "m",
        ),
        (
            quote!(
                pub trait A {
                    m!();
                }
            ),
            "m",
        ),
        (
            quote!(
                extern "C" {
                    m!();
                }
            ),
            "m",
        ),
        (
            quote!(
                fn f() {
                    impl A {
                        m!();
                    }
                }
            ),
            "m",
        ),
        (
            quote!(
                fn f() {
                    mod a {
                        m!();
                    }
                }
            ),
            "m",
        ),
    ] {
        assert_eq!(
            seal(item.clone()),
            (item.to_string(), vec![expected.to_owned()])
        );
    }
    for item in [
        quote!(
            macro_rules! m {
                () => {};
            }
        ),
        quote!(impl !Send for A {}),
        quote!(
            static A: u8 = m!();
        ),
    ] {
        assert_eq!(seal(item.clone()), (item.to_string(), Vec::new()));
    }
}

#[test]
fn a_fragment_that_is_a_call_is_a_call() {
    let fragment = TokenTree::Group(Group::new(Delimiter::None, quote!(m!(a))));
    let (item, _) = seal(quote!(fn f() { #fragment; }));
    assert!(
        item.contains("(m ! (a)") || item.contains("( m ! (a)"),
        "{item}"
    );
    let (_, calls) = seal(quote!(impl A { #fragment; }));
    assert_eq!(calls, ["m"]);
}

#[test]
fn a_fragment_that_is_the_path_of_a_macro_is_called() {
    let path = TokenTree::Group(Group::new(Delimiter::None, quote!(a::m)));
    let (item, _) = seal(quote!(fn f() { #path!(b); }));
    assert_eq!(item, quote!(fn f() { (#path!(b)); }).to_string());
    let (_, calls) = seal(quote!(#path! { b }));
    assert_eq!(calls, ["m"]);
}
