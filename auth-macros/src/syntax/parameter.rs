//! A parameter of a function: its name and its type.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;

use super::tokens::{flattened, is_punct};

/// A parameter of a function.
pub(crate) struct Parameter {
    tokens: TokenStream,
    /// The words before the colon, without `r#`.
    pattern: Vec<String>,
}

impl Parameter {
    pub(super) fn new(tokens: TokenStream) -> Self {
        let pattern = flattened(tokens.clone()).into_iter();
        let pattern = pattern.take_while(|token| !is_punct(token, ':'));
        let words = pattern.filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word.unraw().to_string()),
            _ => None,
        });
        Self {
            pattern: words.collect(),
            tokens,
        }
    }

    /// Returns whether the parameter is a variable of this name.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.pattern.iter().any(|word| word == name)
    }

    /// Returns the type of the parameter.
    pub(crate) fn ty(&self) -> Option<TokenStream> {
        let mut tokens = self.tokens.clone().into_iter();
        tokens.find(|token| is_punct(token, ':'))?;
        let ty: TokenStream = tokens.collect();
        (!ty.is_empty()).then_some(ty)
    }

    /// Returns the type of the parameter, with `'_` in place of named lifetimes.
    pub(crate) fn inferred_ty(&self) -> Option<TokenStream> {
        self.ty().map(inferred_lifetimes)
    }

    /// Returns the name of its type, without its path and its generics. Returns `None` if it is not a path or a
    /// reference to one.
    pub(crate) fn type_name(&self) -> Option<Ident> {
        let mut name = None;
        for token in flattened(self.ty()?) {
            match token {
                TokenTree::Ident(word) => name = Some(word),
                TokenTree::Punct(punct) if punct.as_char() == '<' => break,
                TokenTree::Punct(punct) if matches!(punct.as_char(), '&' | '\'' | ':') => {}
                _ => return None,
            }
        }
        name
    }

    /// Returns whether this word occurs in its type.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        let tokens = flattened(self.tokens.clone()).into_iter();
        let mut ty = tokens.skip_while(|token| !is_punct(token, ':'));
        ty.any(|token| matches!(token, TokenTree::Ident(found) if found == word))
    }
}

impl ToTokens for Parameter {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.tokens.to_tokens(tokens);
    }
}

/// Replaces named lifetimes: `&'r str` becomes `&'_ str`, which is valid where `'r` is not declared.
fn inferred_lifetimes(tokens: TokenStream) -> TokenStream {
    let mut is_lifetime = false;
    let each = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut inferred = Group::new(group.delimiter(), inferred_lifetimes(group.stream()));
            inferred.set_span(group.span());
            inferred.into()
        }
        TokenTree::Ident(name) if is_lifetime && name != "static" => {
            is_lifetime = false;
            Ident::new("_", name.span()).into()
        }
        token => {
            is_lifetime = is_punct(&token, '\'');
            token
        }
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use proc_macro2::Delimiter;
    use quote::quote;

    use super::*;
    use crate::syntax::function::Function;

    fn parse(tokens: &TokenStream) -> Function {
        Function::parse(tokens).unwrap()
    }

    #[test]
    fn a_type_is_named_by_the_last_word_of_its_path() {
        for (tokens, name) in [
            (
                quote!(
                    fn f(a: &AccessToken) {}
                ),
                Some("AccessToken"),
            ),
            (
                quote!(
                    fn f(a: &'r x::AccessToken) {}
                ),
                Some("AccessToken"),
            ),
            (
                quote!(
                    fn f(a: Option<&AccessToken>) {}
                ),
                Some("Option"),
            ),
            (
                quote!(
                    fn f(a: ::x::Optional<'_>) {}
                ),
                Some("Optional"),
            ),
            (
                quote!(
                    fn f(a: (A, B)) {}
                ),
                None,
            ),
            (
                quote!(
                    fn f(a: impl A) {}
                ),
                Some("A"),
            ),
            (
                quote!(
                    fn f(a: [A; 1]) {}
                ),
                None,
            ),
            (quote!(fn f(a: ) {}), None),
        ] {
            let function = parse(&tokens);
            let found = function.parameters[0].type_name();
            assert_eq!(
                found.map(|name| name.to_string()).as_deref(),
                name,
                "{tokens}"
            );
        }
    }

    #[test]
    fn a_type_does_not_name_lifetimes() {
        let function = parse(&quote!(fn f<'r>(a: &'r str, b: Vec<(&'r str, &'static u8)>, c: ) {}));
        let types: Vec<_> = function
            .parameters
            .iter()
            .map(Parameter::inferred_ty)
            .collect();
        let types: Vec<_> = types
            .iter()
            .map(|ty| ty.as_ref().map(ToString::to_string))
            .collect();
        let expected = [quote!(&'_ str), quote!(Vec<(&'_ str, &'static u8)>)];
        assert_eq!(types[..2], expected.map(|ty| Some(ty.to_string())));
        assert_eq!(types[2], None);
    }

    #[test]
    fn parameters_are_separated_and_named() {
        let none = |tokens| TokenTree::Group(Group::new(Delimiter::None, tokens));
        let (pattern, ty) = (none(quote!(mut b)), none(quote!(Vec<u8>)));
        let function = parse(&quote!(fn f(a: A<B, C>, #pattern: #ty, r#c: D,) {}));
        let parameters = &function.parameters;
        assert_eq!(parameters.len(), 3);
        assert!(parameters[0].is_named("a") && parameters[0].mentions("C"));
        assert!(parameters[1].is_named("b") && parameters[1].mentions("Vec"));
        assert!(parameters[2].is_named("c") && !parameters[2].mentions("c"));
        assert!(!function.has_receiver());
        for receiver in [quote!(self), quote!(&'a mut self), quote!(self: Box<Self>)] {
            assert!(parse(&quote!(fn f(#receiver, a: u8) {})).has_receiver());
        }
    }
}
