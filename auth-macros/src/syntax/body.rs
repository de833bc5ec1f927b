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
    let mut preceding = Preceding::default();
    while let Some(token) = tokens.pop_front() {
        let is_end = is_punct(&token, ';') || is_brace(&token);
        output.extend([part(token, content, &mut preceding, calls)]);
        if is_end {
            return;
        }
    }
}

/// The two tokens before another one.
#[derive(Default)]
struct Preceding {
    second: Option<TokenTree>,
    last: Option<TokenTree>,
}

impl Preceding {
    fn push(&mut self, token: TokenTree) {
        self.second = self.last.replace(token);
    }

    /// Returns whether they are `name!`, and not a negation as in `if !` or `= !`.
    fn call_a_macro(&self) -> bool {
        let is_name = |token: &TokenTree| match token {
            TokenTree::Ident(word) => is_macro_name(word),
            TokenTree::Group(fragment) => fragment.delimiter() == Delimiter::None,
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        };
        let is_bang = self.last.as_ref().is_some_and(|last| is_punct(last, '!'));
        is_bang && self.second.as_ref().is_some_and(is_name)
    }
}

/// Rewrites what a token contains. The arguments of a macro stay as they are, because only the macro knows
/// what they mean.
fn part(
    token: TokenTree,
    content: Content,
    preceding: &mut Preceding,
    calls: &mut Vec<Ident>,
) -> TokenTree {
    let is_argument = preceding.call_a_macro();
    preceding.push(token.clone());
    match token {
        TokenTree::Group(group) if !is_argument => inside(&group, content, calls).into(),
        token => token,
    }
}

fn inside(group: &Group, content: Content, calls: &mut Vec<Ident>) -> Group {
    let stream = match group.delimiter() {
        Delimiter::Brace => sealed(group.stream(), content, calls),
        Delimiter::Parenthesis | Delimiter::Bracket | Delimiter::None => {
            let mut preceding = Preceding::default();
            let tokens = group.stream().into_iter();
            tokens
                .map(|token| part(token, content, &mut preceding, calls))
                .collect()
        }
    };
    let mut inside = Group::new(group.delimiter(), stream);
    inside.set_span(group.span());
    inside
}

/// Returns what the block of the item or statement at the front contains.
fn content(tokens: &VecDeque<TokenTree>) -> Content {
    let mut is_extern = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) if word == "extern" => is_extern = true,
            TokenTree::Ident(word)
                if ["pub", "unsafe", "default", "auto"]
                    .into_iter()
                    .any(|first| word == first) => {}
            TokenTree::Ident(word) if word == "impl" || word == "trait" || word == "mod" => {
                return Content::Items;
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {}
            // `extern "C" { … }`
            TokenTree::Literal(_) => {}
            token if is_brace(token) && is_extern => return Content::Items,
            _ => return Content::Statements,
        }
    }
    Content::Statements
}

/// Returns the number of tokens of the macro call at the front: `path::name!(…)`.
fn call_length(tokens: &VecDeque<TokenTree>) -> Option<usize> {
    let Some(path) = path_length(tokens) else {
        // A fragment of a `macro_rules!` macro that is a call and nothing else.
        let inner = opened(tokens.front()?)?;
        return (call_length(&inner)? == inner.len()).then_some(1);
    };
    if !is_punct(tokens.get(path)?, '!') {
        return None;
    }
    let is_definition = matches!(tokens.get(path + 1)?, TokenTree::Ident(_));
    let group = path + 1 + usize::from(is_definition);
    matches!(tokens.get(group)?, TokenTree::Group(_)).then_some(group + 1)
}

/// Returns the number of tokens of the path at the front, which may be a fragment of a `macro_rules!` macro.
fn path_length(tokens: &VecDeque<TokenTree>) -> Option<usize> {
    if let Some(inner) = opened(tokens.front()?) {
        return (path_length(&inner)? == inner.len()).then_some(1);
    }
    let is = |index: usize, sign| tokens.get(index).is_some_and(|it| is_punct(it, sign));
    let colons = |index: usize| {
        if is(index, ':') && is(index + 1, ':') {
            2
        } else {
            0
        }
    };
    let mut length = colons(0);
    loop {
        length += usize::from(is(length, '$'));
        match tokens.get(length)? {
            TokenTree::Ident(word) if is_macro_name(word) => length += 1,
            _ => return None,
        }
        match colons(length) {
            0 => return Some(length),
            more => length += more,
        }
    }
}

/// Returns the tokens of a fragment of a `macro_rules!` macro.
fn opened(token: &TokenTree) -> Option<VecDeque<TokenTree>> {
    match token {
        TokenTree::Group(fragment) if fragment.delimiter() == Delimiter::None => {
            Some(flattened(fragment.stream()).into_iter().collect())
        }
        _ => None,
    }
}

/// Returns whether a macro, or a module on the path to one, can have this name. A keyword before `!` begins a
/// negation.
fn is_macro_name(word: &Ident) -> bool {
    let is_root = ["crate", "$crate", "self", "super"]
        .into_iter()
        .any(|root| word == root);
    is_root || syn::parse2::<Ident>(word.to_token_stream()).is_ok()
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
