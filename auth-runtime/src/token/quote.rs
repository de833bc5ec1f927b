//! Values of a token in the log.

/// Quotes a value of a token for the log: escaped, and cut where it is longer than any name.
pub(crate) fn quoted(value: &str) -> Box<str> {
    const MOST: usize = 128;
    match value.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}…", value.get(..end).unwrap_or_default()).into(),
        None => format!("{value:?}").into(),
    }
}
