//! Splits and compares tokens, and writes them as text.

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};

pub(crate) fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// Returns whether the token is `{…}`, which may also be a fragment of a `macro_rules!` macro.
pub(crate) fn is_brace(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else {
        return false;
    };
    match group.delimiter() {
        Delimiter::Brace => true,
        Delimiter::None => {
            let mut inner = group.stream().into_iter();
            inner.next().is_some_and(|first| is_brace(&first)) && inner.next().is_none()
        }
        Delimiter::Parenthesis | Delimiter::Bracket => false,
    }
}

/// Opens groups without delimiters, which fragments of a `macro_rules!` macro are.
pub(crate) fn flattened(tokens: TokenStream) -> Vec<TokenTree> {
    let mut flat = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                flat.extend(flattened(group.stream()));
            }
            token => flat.push(token),
        }
    }
    flat
}

/// Returns whether the tokens contain an identifier of this kind, at any depth.
pub(crate) fn mentions(tokens: TokenStream, is_of_kind: &dyn Fn(&Ident) -> bool) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), is_of_kind),
        TokenTree::Ident(word) => is_of_kind(&word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Splits the tokens at commas, except for those inside `Type<A, B>`.
pub(crate) fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    let (mut depth, mut is_arrow) = (0_usize, false);
    for token in tokens {
        if is_punct(&token, '<') {
            depth += 1;
        } else if is_punct(&token, '>') && !is_arrow {
            depth = depth.saturating_sub(1);
        } else if is_punct(&token, ',') && depth == 0 {
            parts.push(TokenStream::new());
            continue;
        }
        is_arrow = is_punct(&token, '-') || is_punct(&token, '=');
        if let Some(part) = parts.last_mut() {
            part.extend([token]);
        }
    }
    parts
}

/// Returns whether both are certain to mean the same. `$crate` reads the same in the macros of two
/// crates, but means different crates.
pub(crate) fn are_same(first: &TokenStream, second: &TokenStream) -> bool {
    let (mut first, mut second) = (first.clone().into_iter(), second.clone().into_iter());
    loop {
        match (first.next(), second.next()) {
            (None, None) => return true,
            (Some(first), Some(second)) if is_same(&first, &second) => {}
            _ => return false,
        }
    }
}

fn is_same(first: &TokenTree, second: &TokenTree) -> bool {
    match (first, second) {
        (TokenTree::Ident(first), TokenTree::Ident(second)) => first == second && first != "$crate",
        (TokenTree::Punct(first), TokenTree::Punct(second)) => first.as_char() == second.as_char(),
        (TokenTree::Literal(first), TokenTree::Literal(second)) => {
            first.to_string() == second.to_string()
        }
        (TokenTree::Group(first), TokenTree::Group(second)) => {
            first.delimiter() == second.delimiter() && are_same(&first.stream(), &second.stream())
        }
        _ => false,
    }
}

/// Returns the text of the tokens, with the spaces that a Rust programmer would write.
///
/// rustc's own spacing differs between versions, but the text of a rule is part of its policy.
pub(crate) fn text(tokens: &TokenStream) -> String {
    let mut text = String::new();
    let mut previous: Option<TokenTree> = None;
    for token in tokens.clone() {
        if previous
            .as_ref()
            .is_some_and(|previous| is_spaced(previous, &token, &text))
        {
            text.push(' ');
        }
        match &token {
            TokenTree::Group(group) => {
                let inner = self::text(&group.stream());
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace if inner.is_empty() => ("{", "}"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                text.extend([open, &inner, close]);
            }
            token => text.push_str(&token.to_string()),
        }
        previous = Some(token);
    }
    text
}

fn is_spaced(previous: &TokenTree, next: &TokenTree, text: &str) -> bool {
    if let (TokenTree::Punct(first), TokenTree::Punct(_)) = (previous, next)
        && first.spacing() == Spacing::Joint
    {
        return false;
    }
    if is_punct(previous, ',') {
        return true;
    }
    if let TokenTree::Punct(punct) = previous {
        let is_prefix = matches!(punct.as_char(), '.' | '&' | '!' | '<' | '-' | '#' | '\'');
        if is_prefix && !text.ends_with("&&") || text.ends_with("::") {
            return false;
        }
    }
    match next {
        TokenTree::Punct(punct) => !matches!(
            punct.as_char(),
            ',' | ';' | '.' | '?' | ':' | '<' | '>' | '!'
        ),
        TokenTree::Group(group) => {
            let follows_word = match previous {
                TokenTree::Punct(punct) => punct.as_char() == '>',
                _ => true,
            };
            let is_call = matches!(
                group.delimiter(),
                Delimiter::Parenthesis | Delimiter::Bracket
            );
            !(is_call && follows_word)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_compare_by_value() {
        let parse = |text: &str| -> TokenStream { text.parse().unwrap() };
        for (first, second, expected) in [
            ("a :: b", "a::b", true),
            ("f(1, \"a\")", "f(1,\"a\")", true),
            ("f(1)", "f[1]", false),
            ("a", "a b", false),
            ("\"a\"", "a", false),
        ] {
            assert_eq!(are_same(&parse(first), &parse(second)), expected);
        }
    }

    #[test]
    fn commas_of_generic_arguments_do_not_separate() {
        let tokens = "a: A<B, C>, b: fn(D) -> Vec<E, F>, ";
        let parts = split_at_commas(tokens.parse().unwrap());
        let parts: Vec<_> = parts.iter().map(text).collect();
        assert_eq!(parts, ["a: A<B, C>", "b: fn(D) -> Vec<E, F>", ""]);
    }

    #[test]
    fn tokens_are_spaced_as_they_would_be_written() {
        for text in [
            "MyRule",
            "rules::MyRule::new(1, \"a\", crate::LIMIT)",
            "::rules::MyRule { limit: 5, names: [\"a\", \"b\"] }",
            "MyRule::<A, B>::new(-5)",
            "Limit::new(5).per(Unit::Hour)",
            "any(\"a\", all(\"b\", \"c\"))",
            "org_id = \"acme\"",
            "MyRule::new(&[1, 2], ::rules::LIMIT)",
            "\"a\" || \"b\" && \"c\"",
        ] {
            assert_eq!(super::text(&text.parse().unwrap()), text);
        }
    }
}
