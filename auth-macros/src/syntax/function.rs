//! Parses functions and adds parameters to them. The rest of a function stays as it is.

use std::collections::VecDeque;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::item::open_group;
use super::parameter::Parameter;
use super::tokens::{flattened, is_brace, is_punct, split_at_commas};

/// A function with a body, without its attributes.
pub(crate) struct Function {
    /// Everything before the parameters.
    before: TokenStream,
    pub(crate) name: Ident,
    pub(crate) generics: TokenStream,
    pub(crate) parameters: Vec<Parameter>,
    /// The same with their commas.
    list: Group,
    /// Everything after the parameters.
    after: TokenStream,
}

impl Function {
    /// Parses a function. Returns `None` if the tokens are not a function, or if it has no body.
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
        let list = match tokens.pop_front()? {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => group,
            _ => return None,
        };
        let has_body = tokens.back().is_some_and(is_brace);
        let after = with_resolved_result(tokens.into_iter().collect());
        has_body.then_some(Self {
            before,
            name,
            generics,
            parameters: parameters(&list),
            list,
            after,
        })
    }

    /// Returns whether the tokens begin like a function, with or without a body.
    pub(crate) fn is_at_start_of(tokens: &TokenStream) -> bool {
        let mut tokens: VecDeque<TokenTree> = tokens.clone().into_iter().collect();
        take_keywords(&mut tokens, &mut TokenStream::new()).is_some()
    }

    /// Returns the `where` clause, if there is one.
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

    pub(crate) fn has_receiver(&self) -> bool {
        let first = self.parameters.first();
        first.is_some_and(|first| first.is_named("self"))
    }

    /// Adds a parameter before the others.
    pub(crate) fn with_first_parameter(mut self, parameter: TokenStream) -> Self {
        let others = self.list.stream();
        let comma = (!others.is_empty()).then(|| quote!(,));
        self.replace_list(quote!(#parameter #comma #others));
        self.parameters.insert(0, Parameter::new(parameter));
        self
    }

    /// Adds a parameter after the others.
    pub(crate) fn with_last_parameter(mut self, parameter: TokenStream) -> Self {
        let others = self.list.stream();
        let last = others.clone().into_iter().last();
        let is_open = last.is_some_and(|last| !is_punct(&last, ','));
        let comma = is_open.then(|| quote!(,));
        self.replace_list(quote!(#others #comma #parameter));
        self.parameters.push(Parameter::new(parameter));
        self
    }

    fn replace_list(&mut self, tokens: TokenStream) {
        let mut list = Group::new(Delimiter::Parenthesis, tokens);
        list.set_span(self.list.span());
        self.list = list;
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.before.to_tokens(tokens);
        self.list.to_tokens(tokens);
        self.after.to_tokens(tokens);
    }
}

/// Splits a list of parameters.
fn parameters(list: &Group) -> Vec<Parameter> {
    let parameters = split_at_commas(list.stream()).into_iter();
    let parameters = parameters.filter(|parameter| !parameter.is_empty());
    parameters.map(Parameter::new).collect()
}

/// Gives the return type the hygiene of the `macro_rules!` macro that it is a fragment of, if it is one.
///
/// Rocket names its variables with the span of this type, which is that of the fragment. But rustc drops the
/// delimiters of a fragment when it reads our output, so that the type gets the span of its first token.
fn with_resolved_result(after: TokenStream) -> TokenStream {
    let (mut is_dash, mut is_arrow) = (false, false);
    let each = after.into_iter().map(|token| {
        let is_result = is_arrow;
        is_arrow = is_dash && is_punct(&token, '>');
        is_dash = is_punct(&token, '-');
        match token {
            TokenTree::Group(group) if is_result && group.delimiter() == Delimiter::None => {
                let mut resolved = Group::new(Delimiter::None, resolved_at(group.span(), &group));
                resolved.set_span(group.span());
                resolved.into()
            }
            token => token,
        }
    });
    each.collect()
}

/// Returns the tokens of a type in a fragment, resolved at this span. The names of types mean the same in a
/// `macro_rules!` macro and where it is called, except for `$crate`.
fn resolved_at(span: Span, fragment: &Group) -> TokenStream {
    let each = flattened(fragment.stream()).into_iter().map(|mut token| {
        if !matches!(&token, TokenTree::Ident(word) if word == "$crate") {
            token.set_span(token.span().resolved_at(span));
        }
        token
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
mod tests;
