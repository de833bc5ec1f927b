//! Tokens as text. How rustc spaces them differs from version to version, and a rule's text is
//! part of its policy.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The tokens with the spaces that a Rust programmer would write.
pub(crate) fn of(tokens: &TokenStream) -> String {
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
                let inner = of(&group.stream());
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
    fn tokens_are_spaced_as_they_would_be_written() {
        for text in [
            "MyRule",
            "rules::MyRule::new(1, \"a\", crate::LIMIT)",
            "::rules::MyRule { limit: 5, names: [\"a\", \"b\"] }",
            "MyRule::<A, B>::new(-5)",
            "Limit::new(5).per(Unit::Hour)",
            "any(\"a\", all(\"b\", \"c\"))",
            "org_id = \"acme\"",
            "MyRule::new(&[1, 2])",
            "\"a\" || \"b\" && \"c\"",
        ] {
            assert_eq!(of(&text.parse().unwrap()), text);
        }
    }
}
