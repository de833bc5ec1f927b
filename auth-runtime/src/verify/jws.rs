//! Splits a token: a JWS in compact serialization (RFC 7515 §7.1).

use smallvec::{SmallVec, smallvec};

use super::base64url;
use super::failure::{Malformed, Part};

/// The bytes of a signature, which are on the stack up to those of an RSA key with 2048 bits.
pub(crate) type Signature = SmallVec<[u8; 256]>;

/// The parts of a token. None of them is verified.
pub(crate) struct Jws<'t> {
    /// The signed text: header, dot and payload as they are encoded.
    pub(crate) message: &'t str,
    /// The encoded header.
    pub(crate) header: &'t str,
    payload: &'t str,
    signature: &'t str,
}

impl<'t> Jws<'t> {
    /// Splits a token into its parts.
    ///
    /// # Errors
    /// Fails if the token is longer than `max_bytes` or does not have three parts.
    pub(crate) fn split(token: &'t str, max_bytes: usize) -> Result<Self, Malformed> {
        if token.len() > max_bytes {
            return Err(Malformed::TooLong(max_bytes));
        }
        let mut dots = memchr::memchr_iter(b'.', token.as_bytes());
        let (Some(first), Some(second), None) = (dots.next(), dots.next(), dots.next()) else {
            return Err(Malformed::NotThreeParts);
        };
        let (message, signature) = around(token, second);
        let (header, payload) = around(message, first);
        Ok(Self {
            message,
            header,
            payload,
            signature,
        })
    }

    /// Decodes the header's text.
    pub(crate) fn header(&self) -> Result<String, Malformed> {
        String::from_utf8(decode(self.header, Part::Header)?)
            .map_err(|_| Malformed::NotUtf8(Part::Header))
    }

    /// Decodes the payload. The bytes need not be text, because nothing reads them before the signature is
    /// verified.
    pub(crate) fn payload(&self) -> Result<Vec<u8>, Malformed> {
        decode(self.payload, Part::Payload)
    }

    pub(crate) fn signature(&self) -> Result<Signature, Malformed> {
        let mut bytes = smallvec![0; base64url::decoded_length(self.signature.len())];
        base64url::decode(self.signature, &mut bytes)
            .map_err(|_| Malformed::Encoding(Part::Signature))?;
        Ok(bytes)
    }
}

/// Splits a text at a dot.
fn around(text: &str, dot: usize) -> (&str, &str) {
    (
        text.get(..dot).unwrap_or_default(),
        text.get(dot + 1..).unwrap_or_default(),
    )
}

#[expect(
    clippy::slow_vector_initialization,
    reason = "it is faster in glibc than `calloc`"
)]
fn decode(encoded: &str, part: Part) -> Result<Vec<u8>, Malformed> {
    let length = base64url::decoded_length(encoded.len());
    let mut bytes = Vec::with_capacity(length);
    bytes.resize(length, 0);
    base64url::decode(encoded, &mut bytes).map_err(|_| Malformed::Encoding(part))?;
    Ok(bytes)
}
