//! Decodes base64url without padding (RFC 4648 §5), many bytes at a time if the processor can. Decoding byte
//! by byte would take a third of the instructions that a fresh token needs beside its signature:
//! `fresh-without-signature` in `tests/benches/instructions.sh`.

use std::sync::LazyLock;

use base64::engine::general_purpose::NO_PAD;
use base64::{DecodeSliceError, Engine as _};

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
static ENGINE: LazyLock<base64::engine::Simd> =
    LazyLock::new(|| base64::engine::Simd::url_safe(NO_PAD));
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
static ENGINE: LazyLock<base64::engine::GeneralPurpose> =
    LazyLock::new(|| base64::engine::GeneralPurpose::new(&base64::alphabet::URL_SAFE, NO_PAD));

/// Returns the number of bytes that a text of this length encodes.
pub(super) fn decoded_length(encoded: usize) -> usize {
    encoded / 4 * 3 + encoded % 4 * 3 / 4
}

/// Decodes a text into a slice that has the [decoded length](decoded_length).
///
/// # Errors
/// Fails if the text has any other character or an impossible length, or if bits that carry no data are
/// not zero. Different texts therefore never encode the same bytes.
pub(super) fn decode(encoded: &str, decoded: &mut [u8]) -> Result<(), DecodeSliceError> {
    ENGINE.decode_slice(encoded, decoded).map(|_| ())
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    use super::*;

    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    fn decoded(encoded: &str) -> Option<Vec<u8>> {
        let mut bytes = vec![0; decoded_length(encoded.len())];
        decode(encoded, &mut bytes).ok().map(|()| bytes)
    }

    /// Long texts are decoded in blocks, and their end byte by byte.
    const LENGTHS: [usize; 9] = [1, 2, 3, 4, 63, 64, 65, 130, 700];

    #[test]
    fn bytes_are_decoded_as_they_were_encoded() {
        for length in (0..200).chain([699, 700, 701]) {
            let bytes = (0..=u8::MAX).cycle().map(|byte| byte.wrapping_mul(37));
            let bytes: Vec<u8> = bytes.take(length).collect();
            let encoded = URL_SAFE_NO_PAD.encode(&bytes);
            assert_eq!(decoded_length(encoded.len()), bytes.len(), "{length}");
            assert_eq!(decoded(&encoded), Some(bytes), "{length}");
        }
    }

    #[test]
    fn each_other_character_is_refused_at_each_place() {
        for length in LENGTHS.map(|length| length / 4 * 4 + 4) {
            let good = "A".repeat(length);
            for place in 0..length {
                for character in (0..=0x7F_u8).map(char::from) {
                    let mut text = good.clone();
                    text.replace_range(place..=place, character.encode_utf8(&mut [0; 4]));
                    let is_good = ALPHABET.contains(character);
                    assert_eq!(decoded(&text).is_some(), is_good, "{text:?}");
                }
            }
        }
    }

    #[test]
    fn bits_that_carry_no_data_must_be_zero() {
        for length in [0, 4, 64, 128, 700] {
            for rest in ["A", "AB", "A_", "AAB", "AA_", "AAAA=", "AA=="] {
                let text = format!("{}{rest}", "A".repeat(length));
                assert_eq!(decoded(&text), None, "{text}");
            }
            for rest in ["", "AA", "Aw", "AAA", "AAE", "AAAB"] {
                let text = format!("{}{rest}", "A".repeat(length));
                assert!(decoded(&text).is_some(), "{text}");
            }
        }
    }

    proptest! {
        /// The engine that decodes byte by byte is the one that defines what is accepted.
        #[test]
        fn it_accepts_what_a_decoder_byte_by_byte_accepts(
            text in prop_oneof!["[A-Za-z0-9_-]{0,300}", "[A-Za-z0-9_-]{60,200}[ -~]{0,3}[A-Za-z0-9_-]{0,90}"],
        ) {
            prop_assert_eq!(decoded(&text), URL_SAFE_NO_PAD.decode(&text).ok());
        }
    }
}
