//! Writes Markdown.

/// Formats code as a code span, whose fence is longer than any run of backticks in the text.
pub(crate) fn code_span(text: &str) -> String {
    let runs = text.split(|character| character != '`');
    match runs.map(str::len).max().unwrap_or_default() {
        0 => format!("`{text}`"),
        longest => {
            let fence = "`".repeat(longest + 1);
            format!("{fence} {text} {fence}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::code_span;

    #[test]
    fn the_fence_is_longer_than_any_run_of_backticks() {
        for (text, expected) in [
            ("a", "`a`"),
            ("a`b", "`` a`b ``"),
            ("`a``b`", "``` `a``b` ```"),
            ("é```", "```` é``` ````"),
        ] {
            assert_eq!(code_span(text), expected);
        }
    }
}
