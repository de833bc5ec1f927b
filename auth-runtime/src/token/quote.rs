//! Quotes values of a token in the log.

/// Quotes a value of a token for the log. It is escaped, and cut if it is longer than any name
/// should be.
pub(crate) fn quoted(value: &str) -> Box<str> {
    const MAX_CHARACTERS: usize = 128;
    match value.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{:?}…", value.get(..end).unwrap_or_default()).into(),
        None => format!("{value:?}").into(),
    }
}
