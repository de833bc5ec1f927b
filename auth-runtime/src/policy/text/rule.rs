//! Decides which expressions are printed and parsed without backticks around them.

use super::{NOT_FOUND, Noun, REPORT_ONLY};

/// Returns the end of a rule's expression, which is before the first comma or bracket that does not
/// belong to it. Returns `None` for an expression whose end only a Rust lexer can find.
pub(super) fn rule_end(text: &str) -> Option<usize> {
    let (mut depth, mut is_quoted) = (0_u32, false);
    for (index, character) in text.char_indices() {
        match character {
            '\\' | '`' | '\'' | '#' => return None,
            _ if character.is_control() => return None,
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' | '[' | '{' => depth += 1,
            ',' | ')' if depth == 0 => return Some(index),
            ')' | ']' | '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// Returns whether the parser reads this expression as a rule without backticks around it.
pub(super) fn is_plain_rule(expression: &str) -> bool {
    let is_word_of_ours = |word: &str| {
        expression
            .strip_prefix(word)
            .is_some_and(|rest| rest.starts_with('('))
    };
    let marks = Noun::ALL.into_iter().filter_map(Noun::mark);
    let is_ours = marks.chain(["any", "all"]).any(is_word_of_ours)
        || [NOT_FOUND, REPORT_ONLY].contains(&expression);
    let is_trimmed = !expression.is_empty() && expression.trim() == expression;
    let end = rule_end(&format!("{expression})"));
    !is_ours && is_trimmed && end == Some(expression.len())
}

#[cfg(test)]
mod tests {
    use super::is_plain_rule;

    #[test]
    fn a_rule_is_plain_if_its_end_and_its_kind_are_plain() {
        for plain in [
            "A",
            "-A",
            "A::new(1, -2)",
            "A { b: [1, 2], c: \"d, )\" }",
            "A(\"b)\", 1)",
            "A(\"b\")",
            "anything(A)",
            "not_founder",
        ] {
            assert!(is_plain_rule(plain), "{plain}");
        }
        for other in [
            "",
            " A",
            "A ",
            "A(",
            "A)",
            "A, B",
            "A(\"",
            "A`",
            "A('b')",
            "A(r#\"b\"#)",
            "A(\"\\n\")",
            "A(\"b\nc\")",
            "any(A)",
            "all(A)",
            "scope(1)",
            "not_found",
            "report_only",
        ] {
            assert!(!is_plain_rule(other), "{other}");
        }
    }
}
