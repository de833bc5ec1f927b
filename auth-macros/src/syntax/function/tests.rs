use super::*;

fn parse(tokens: &TokenStream) -> Function {
    Function::parse(tokens).unwrap()
}

#[test]
fn a_function_is_given_back_as_it_was() {
    for tokens in [
        quote!(
            fn f() {}
        ),
        quote!(pub(crate) const unsafe extern "C" fn f(a: u8,) -> [u8; { 1 }] { half typed @ }),
        quote!(
            async fn f<'r, F: Fn(u8) -> Vec<u8>>(a: &'r str)
            where
                F: Sync,
            {
                {}
            }
        ),
        quote!(fn f(id: ) {}),
    ] {
        let function = parse(&tokens);
        assert_eq!(function.name, "f");
        assert_eq!(function.to_token_stream().to_string(), tokens.to_string());
    }
}

#[test]
fn other_items_are_not_functions() {
    for tokens in [
        quote!(
            struct S;
        ),
        quote!(
            fn f();
        ),
        quote!(
            const F: fn() = f;
        ),
        quote!(
            mod m {}
        ),
    ] {
        assert!(Function::parse(&tokens).is_none(), "{tokens}");
    }
    assert!(Function::is_at_start_of(&quote!(
        pub async fn f();
    )));
    assert!(!Function::is_at_start_of(&quote!(
        const F: fn() = f;
    )));
}

#[test]
fn a_parameter_is_added_before_the_others() {
    for (tokens, expected) in [
        (
            quote!(
                fn f() {}
            ),
            quote!(
                fn f(new: N) {}
            ),
        ),
        (
            quote!(
                fn f(a: A<B, C>, b: D) {}
            ),
            quote!(
                fn f(new: N, a: A<B, C>, b: D) {}
            ),
        ),
    ] {
        let function = parse(&tokens).with_first_parameter(quote!(new: N));
        assert_eq!(function.to_token_stream().to_string(), expected.to_string());
    }
}

#[test]
fn a_parameter_is_added_after_the_others() {
    for (tokens, expected) in [
        (
            quote!(
                fn f() {}
            ),
            quote!(
                fn f(new: N) {}
            ),
        ),
        (
            quote!(
                fn f(a: A) {}
            ),
            quote!(
                fn f(a: A, new: N) {}
            ),
        ),
        (
            quote!(
                fn f(a: A<B, C>) {}
            ),
            quote!(
                fn f(a: A<B, C>, new: N) {}
            ),
        ),
    ] {
        let function = parse(&tokens).with_last_parameter(quote!(new: N));
        assert_eq!(function.to_token_stream().to_string(), expected.to_string());
    }
}
