//! A function, of which only the parameters are ever changed.

use std::collections::VecDeque;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;

use super::item::open_group;
use super::tokens::{flattened, is_brace, is_punct, split_at_commas};

/// A function with a body, without its attributes.
pub(crate) struct Function {
    /// Everything before the parameters.
    before: TokenStream,
    pub(crate) name: Ident,
    pub(crate) generics: TokenStream,
    parameters: Group,
    /// Everything after the parameters.
    after: TokenStream,
}

/// A parameter of a function.
pub(crate) struct Parameter(TokenStream);

impl Function {
    /// `None` if the tokens are not a function, or if it has no body.
    pub(crate) fn parse(tokens: &TokenStream) -> Option<Self> {
        let mut tokens: VecDeque<TokenTree> = tokens.clone().into_iter().collect();
        let mut before = TokenStream::new();
        take_keywords(&mut tokens, &mut before)?;
        let Some(TokenTree::Ident(name)) = tokens.pop_front() else {
            return None;
        };
        name.to_tokens(&mut before);
        let mut generics = TokenStream::new();
        take_generics(&mut tokens, &mut generics);
        generics.to_tokens(&mut before);
        let parameters = match tokens.pop_front()? {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => group,
            _ => return None,
        };
        let has_body = tokens.back().is_some_and(is_brace);
        let after = tokens.into_iter().collect();
        has_body.then_some(Self {
            before,
            name,
            generics,
            parameters,
            after,
        })
    }

    /// Whether the tokens begin like a function, with or without a body.
    pub(crate) fn is_at_start_of(tokens: &TokenStream) -> bool {
        let mut tokens: VecDeque<TokenTree> = tokens.clone().into_iter().collect();
        take_keywords(&mut tokens, &mut TokenStream::new()).is_some()
    }

    /// The `where` clause, if there is one.
    pub(crate) fn bounds(&self) -> TokenStream {
        let is_where =
            |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "where");
        let after = self.after.clone().into_iter();
        let bounds = after.skip_while(|token| !is_where(token));
        let mut bounds: Vec<TokenTree> = bounds.collect();
        // The body.
        bounds.pop();
        bounds.into_iter().collect()
    }

    pub(crate) fn parameters(&self) -> Vec<Parameter> {
        let parameters = split_at_commas(self.parameters.stream()).into_iter();
        parameters
            .filter(|parameter| !parameter.is_empty())
            .map(Parameter)
            .collect()
    }

    pub(crate) fn has_receiver(&self) -> bool {
        let parameters = self.parameters();
        parameters
            .first()
            .is_some_and(|first| first.pattern().iter().any(|word| word == "self"))
    }

    /// The function with one more parameter before the others.
    pub(crate) fn with_first_parameter(self, parameter: &TokenStream) -> Self {
        let others = self.parameters.stream();
        let comma = (!others.is_empty()).then(|| quote!(,));
        self.with_parameters(quote!(#parameter #comma #others))
    }

    /// The function with one more parameter after the others.
    pub(crate) fn with_last_parameter(self, parameter: &TokenStream) -> Self {
        let others = self.parameters.stream();
        let last = others.clone().into_iter().last();
        let is_open = last.is_some_and(|last| !is_punct(&last, ','));
        let comma = is_open.then(|| quote!(,));
        self.with_parameters(quote!(#others #comma #parameter))
    }

    fn with_parameters(mut self, tokens: TokenStream) -> Self {
        let mut parameters = Group::new(Delimiter::Parenthesis, tokens);
        parameters.set_span(self.parameters.span());
        self.parameters = parameters;
        self
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.before.to_tokens(tokens);
        self.parameters.to_tokens(tokens);
        self.after.to_tokens(tokens);
    }
}

impl Parameter {
    /// The words before the colon.
    fn pattern(&self) -> Vec<Ident> {
        let tokens = flattened(self.0.clone()).into_iter();
        let pattern = tokens.take_while(|token| !is_punct(token, ':'));
        pattern
            .filter_map(|token| match token {
                TokenTree::Ident(word) => Some(word),
                _ => None,
            })
            .collect()
    }

    /// Whether the parameter is a variable of this name.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.pattern().iter().any(|word| word.unraw() == name)
    }

    /// Its type.
    pub(crate) fn ty(&self) -> Option<TokenStream> {
        let mut tokens = self.0.clone().into_iter();
        tokens.find(|token| is_punct(token, ':'))?;
        let ty: TokenStream = tokens.collect();
        (!ty.is_empty()).then_some(ty)
    }

    /// Its type, in which named lifetimes are left to be inferred.
    pub(crate) fn inferred_ty(&self) -> Option<TokenStream> {
        self.ty().map(inferred_lifetimes)
    }

    /// The name of its type, without its path and its generics. `None` if it is not a path or a
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

    /// Whether this word occurs in its type.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        let tokens = flattened(self.0.clone()).into_iter();
        let mut ty = tokens.skip_while(|token| !is_punct(token, ':'));
        ty.any(|token| matches!(token, TokenTree::Ident(found) if found == word))
    }
}

impl ToTokens for Parameter {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

/// `&'r str` becomes `&'_ str`, which means something where `'r` is not declared.
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

/// Moves everything up to and including `fn`.
fn take_keywords(tokens: &mut VecDeque<TokenTree>, front: &mut TokenStream) -> Option<()> {
    loop {
        open_group(tokens);
        let token = tokens.pop_front()?;
        let word = match &token {
            TokenTree::Ident(word) => word.to_string(),
            // `pub(crate)`, `extern "C"`
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => String::new(),
            TokenTree::Literal(_) if !front.is_empty() => String::new(),
            _ => return None,
        };
        front.extend([token]);
        match &*word {
            "fn" => return Some(()),
            "" | "pub" | "default" | "const" | "async" | "unsafe" | "safe" | "extern" => {}
            _ => return None,
        }
    }
}

/// Moves `<…>`.
fn take_generics(tokens: &mut VecDeque<TokenTree>, front: &mut TokenStream) {
    if !tokens.front().is_some_and(|token| is_punct(token, '<')) {
        return;
    }
    let (mut depth, mut is_arrow) = (0_usize, false);
    while let Some(token) = tokens.pop_front() {
        if is_punct(&token, '<') {
            depth += 1;
        } else if is_punct(&token, '>') && !is_arrow {
            depth -= 1;
        }
        is_arrow = is_punct(&token, '-') || is_punct(&token, '=');
        front.extend([token]);
        if depth == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
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
            let function = parse(&tokens).with_first_parameter(&quote!(new: N));
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
            let function = parse(&tokens).with_last_parameter(&quote!(new: N));
            assert_eq!(function.to_token_stream().to_string(), expected.to_string());
        }
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
            let found = function.parameters()[0].type_name();
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
            .parameters()
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
        let parameters = function.parameters();
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
