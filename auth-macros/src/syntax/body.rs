//! Macro calls in the bodies of items.
//!
//! A call in the position of an item or of a statement can define items, and so routes. A call in the
//! position of an expression cannot, except inside a block. [`Sealed`] turns statements into
//! expressions, so that `m!(…);` becomes `(m!(…));`, and finds the calls for which that is not possible.

use std::collections::VecDeque;

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;

use super::item::take_attributes;
use super::tokens::{flattened, is_brace, is_punct};

/// An item in which no macro call is a statement.
pub(crate) struct Sealed {
    pub(crate) item: TokenStream,
    /// The names of macros that are called in the position of an item.
    pub(crate) calls: Vec<Ident>,
}

/// What the braces of a group contain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Items,
    Statements,
}

impl Sealed {
    /// Rewrites the calls in `item`, which must not have attributes.
    pub(crate) fn new(item: TokenStream) -> Self {
        let mut calls = Vec::new();
        let item = sealed(item, Content::Items, &mut calls);
        Self { item, calls }
    }
}

fn sealed(tokens: TokenStream, content: Content, calls: &mut Vec<Ident>) -> TokenStream {
    let mut tokens: VecDeque<TokenTree> = tokens.into_iter().collect();
    let mut output = TokenStream::new();
    while !tokens.is_empty() {
        output.extend(
            take_attributes(&mut tokens)
                .iter()
                .map(ToTokens::to_token_stream),
        );
        match call_length(&tokens) {
            Some(length) => {
                let call: Vec<_> = tokens.drain(..length).collect();
                take_call(call, &mut tokens, content, &mut output, calls);
            }
            None => take_other(&mut tokens, &mut output, calls),
        }
    }
    output
}

/// Takes a macro call at the beginning of an item or a statement.
fn take_call(
    call: Vec<TokenTree>,
    rest: &mut VecDeque<TokenTree>,
    content: Content,
    output: &mut TokenStream,
    calls: &mut Vec<Ident>,
) {
    let name = called(&call.iter().cloned().collect());
    if content == Content::Items || name.as_ref().is_some_and(|name| name == "macro_rules") {
        calls.extend(name.filter(|name| name != "macro_rules"));
        output.extend(call);
        return;
    }
    let has_braces = call.last().is_some_and(ends_with_braces);
    let next = rest.front();
    let is_statement = match next {
        Some(next) if is_punct(next, ';') => true,
        // An expression, or a pattern.
        Some(next)
            if ['.', '?', '=', '|']
                .into_iter()
                .any(|sign| is_punct(next, sign)) =>
        {
            false
        }
        Some(TokenTree::Ident(word)) if word == "if" => false,
        // The value of the block, if it is the last.
        Some(_) | None => has_braces,
    };
    if !is_statement {
        output.extend(call);
        return;
    }
    let needs_end = next.is_some_and(|next| !is_punct(next, ';'));
    let span = Span::mixed_site();
    let mut parentheses = Group::new(Delimiter::Parenthesis, call.into_iter().collect());
    parentheses.set_span(span);
    output.extend([TokenTree::Group(parentheses)]);
    if needs_end {
        let mut end = Punct::new(';', Spacing::Alone);
        end.set_span(span);
        output.extend([TokenTree::Punct(end)]);
    }
}

/// Takes an item or a statement, or a part of one up to a block.
fn take_other(tokens: &mut VecDeque<TokenTree>, output: &mut TokenStream, calls: &mut Vec<Ident>) {
    let content = content(tokens);
    let mut previous: Option<TokenTree> = None;
    while let Some(token) = tokens.pop_front() {
        // Only the macro itself knows what its arguments mean.
        let is_argument = previous.as_ref().is_some_and(|token| is_punct(token, '!'));
        let is_end = is_punct(&token, ';') || is_brace(&token);
        output.extend([match &token {
            TokenTree::Group(group) if !is_argument => inside(group, content, calls).into(),
            _ => token.clone(),
        }]);
        previous = Some(token);
        if is_end {
            return;
        }
    }
}

fn inside(group: &Group, content: Content, calls: &mut Vec<Ident>) -> Group {
    let stream = match group.delimiter() {
        Delimiter::Brace => sealed(group.stream(), content, calls),
        Delimiter::Parenthesis | Delimiter::Bracket | Delimiter::None => {
            let mut previous: Option<TokenTree> = None;
            let each = group.stream().into_iter().map(|token| {
                let is_argument = previous.as_ref().is_some_and(|token| is_punct(token, '!'));
                previous = Some(token.clone());
                match token {
                    TokenTree::Group(inner) if !is_argument => {
                        TokenTree::Group(inside(&inner, content, calls))
                    }
                    token => token,
                }
            });
            each.collect()
        }
    };
    let mut inside = Group::new(group.delimiter(), stream);
    inside.set_span(group.span());
    inside
}

/// Returns what the block of the item or statement at the front contains.
fn content(tokens: &VecDeque<TokenTree>) -> Content {
    for token in tokens {
        match token {
            TokenTree::Ident(word) if word == "pub" || word == "unsafe" || word == "extern" => {}
            TokenTree::Ident(word) if word == "default" || word == "auto" => {}
            TokenTree::Ident(word) if word == "impl" || word == "trait" || word == "mod" => {
                return Content::Items;
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {}
            // `extern "C" { … }`
            TokenTree::Literal(_) => {}
            token if is_brace(token) => {
                let is_extern = |word: &TokenTree| word.to_string() == "extern";
                let is_extern = tokens.iter().any(is_extern);
                return if is_extern {
                    Content::Items
                } else {
                    Content::Statements
                };
            }
            _ => return Content::Statements,
        }
    }
    Content::Statements
}

/// Returns the number of tokens of the macro call at the front: `path::name!(…)`.
fn call_length(tokens: &VecDeque<TokenTree>) -> Option<usize> {
    if let Some(TokenTree::Group(fragment)) = tokens.front()
        && fragment.delimiter() == Delimiter::None
    {
        // A fragment of a `macro_rules!` macro that is a call and nothing else.
        let inner: VecDeque<_> = flattened(fragment.stream()).into_iter().collect();
        return (call_length(&inner)? == inner.len()).then_some(1);
    }
    let is_path = |token: &&TokenTree| {
        matches!(token, TokenTree::Ident(_)) || is_punct(token, ':') || is_punct(token, '$')
    };
    let path = tokens.iter().take_while(is_path).count();
    let is_impl = matches!(tokens.front(), Some(TokenTree::Ident(word)) if word == "impl");
    if path == 0 || is_impl || !is_punct(tokens.get(path)?, '!') {
        return None;
    }
    let is_definition = matches!(tokens.get(path + 1)?, TokenTree::Ident(_));
    let group = path + 1 + usize::from(is_definition);
    matches!(tokens.get(group)?, TokenTree::Group(_)).then_some(group + 1)
}

/// Returns the name of the macro that these tokens call.
fn called(call: &TokenStream) -> Option<Ident> {
    let path = flattened(call.clone())
        .into_iter()
        .take_while(|token| !is_punct(token, '!'));
    path.last().and_then(|token| match token {
        TokenTree::Ident(name) => Some(name),
        _ => None,
    })
}

fn ends_with_braces(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => group
            .stream()
            .into_iter()
            .last()
            .is_some_and(|last| ends_with_braces(&last)),
        token => is_brace(token),
    }
}

#[cfg(test)]
mod tests;
