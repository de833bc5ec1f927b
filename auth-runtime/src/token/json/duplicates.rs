//! Finds member names that occur twice in an object.

use super::{Text, is_same_name};

/// The number of member names up to which they are compared pairwise. More names are sorted first.
const FEW_MEMBERS: usize = 24;

/// Returns whether a name occurs twice. Many names are sorted first, because a client could cause
/// much work if each of thousands of names were compared with every other.
#[inline]
pub(super) fn has_duplicate<V>(members: &[(Text<'_>, V)]) -> bool {
    let names = members.iter().map(|(name, _)| name.as_str());
    if members.len() <= FEW_MEMBERS {
        // Each name has one of 64 marks. Only names with the same mark are compared.
        let mut marks = 0_u64;
        return names.clone().enumerate().any(|(index, name)| {
            let mark = 1 << (mark(name) % 64);
            let is_new = marks & mark == 0;
            marks |= mark;
            !is_new
                && names
                    .clone()
                    .take(index)
                    .any(|earlier| is_same_name(earlier, name))
        });
    }
    let mut sorted: Vec<&str> = names.collect();
    sorted.sort_unstable();
    sorted
        .windows(2)
        .any(|pair| matches!(pair, [name, next] if name == next))
}

fn mark(name: &str) -> usize {
    let bytes = name.as_bytes();
    let (first, last) = (bytes.first(), bytes.last());
    let [first, last] = [first, last].map(|byte| usize::from(byte.copied().unwrap_or_default()));
    first * 5 + last * 7 + bytes.len()
}
