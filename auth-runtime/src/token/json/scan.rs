//! Finds the end of the characters that a JSON string has without escapes, eight bytes at a time.
//!
//! Most strings of a token have 3 to 30 bytes, for which the call of a vectorized search costs more
//! than the search. `tests/benches/instructions.sh` counts both as `fresh-without-signature`.

const EACH: u64 = u64::MAX / 0xFF;
const HIGH_BITS: u64 = EACH * 0x80;

/// Returns how many bytes come before the first quote, backslash or control character.
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((word, tail)) = rest.split_first_chunk() {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return bytes.len() - rest.len() + special.trailing_zeros() as usize / 8;
        }
        rest = tail;
    }
    let plain = rest.iter().take_while(|byte| !is_special(**byte)).count();
    bytes.len() - rest.len() + plain
}

/// Sets the high bit of each byte that is special. A borrow may set those of bytes after the first
/// one as well.
fn special_bytes(word: u64) -> u64 {
    let quote = (word ^ (EACH * u64::from(b'"'))).wrapping_sub(EACH);
    let backslash = (word ^ (EACH * u64::from(b'\\'))).wrapping_sub(EACH);
    let control = word.wrapping_sub(EACH * u64::from(b' '));
    // The high bit of a byte that is not ASCII is set, and does not mark it as special.
    (quote | backslash | control) & !word & HIGH_BITS
}

fn is_special(byte: u8) -> bool {
    matches!(byte, ..b' ' | b'"' | b'\\')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one_by_one(bytes: &[u8]) -> usize {
        bytes.iter().take_while(|byte| !is_special(**byte)).count()
    }

    #[test]
    fn each_byte_is_plain_or_special_at_each_place() {
        for byte in 0..=u8::MAX {
            for place in 0..20 {
                for other in [b'a', 0xFF, b'!', byte] {
                    let mut bytes = [other; 20];
                    bytes[place] = byte;
                    assert_eq!(plain_length(&bytes), one_by_one(&bytes), "{byte} {place}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn it_finds_what_a_search_byte_by_byte_finds(
            bytes in prop::collection::vec(prop_oneof![
                4 => 0x20..=0x7E_u8,
                1 => any::<u8>(),
                1 => prop::sample::select(vec![0x1F, b' ', b'!', b'"', b'#', b'[', b'\\', b']', 0x80]),
            ], 0..80),
        ) {
            prop_assert_eq!(plain_length(&bytes), one_by_one(&bytes));
        }
    }
}
