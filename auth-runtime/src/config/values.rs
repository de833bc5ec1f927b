//! Reads single values: each function turns a value into a type, or says what to write.

use std::time::Duration;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rocket::data::ByteUnit;
use rocket::figment::value::{Num, Value};

/// The longest time that a key accepts. No sensible value is longer, and adding it to a time does not
/// overflow.
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

const PADDING_IS_OPTIONAL: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, PADDING_IS_OPTIONAL);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, PADDING_IS_OPTIONAL);

/// Reads a string that is not blank.
pub(super) fn text(value: &Value) -> Result<String, String> {
    match value.as_str() {
        Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err("it must be a string in quotes, and not empty".to_owned()),
    }
}

/// Reads one string, or a list of at least one. None of them may be blank.
pub(super) fn texts(value: &Value) -> Result<Vec<String>, String> {
    let texts: Result<Vec<_>, _> = match value {
        Value::Array(_, list) => list.iter().map(text).collect(),
        value => text(value).map(|text| vec![text]),
    };
    match texts {
        Ok(texts) if !texts.is_empty() => Ok(texts),
        _ => Err("it must be a string in quotes or a list of such strings, none empty".to_owned()),
    }
}

/// Reads the path of a file. A text that can only be the content of a file or an address is an error,
/// which does not quote it, because it may be a private key.
pub(super) fn path(value: &Value) -> Result<String, String> {
    let path = text(value)?;
    let is_content = path.contains(char::is_control)
        || path.contains("-----BEGIN")
        || path.trim_start().starts_with('{')
        || is_key_in_base64(&path);
    if is_content {
        return Err(
            "it must be the path of a file, and this is the content of one: write the content into \
             a file, and its path here"
                .to_owned(),
        );
    }
    if path.contains("://") {
        return Err("it must be the path of a file, and this is an address".to_owned());
    }
    Ok(path)
}

/// Returns whether this is the base64 of a key or a certificate in DER, which a PEM file has between its first
/// and its last line. No sensible path is that long, has only characters of base64, and begins like a sequence.
fn is_key_in_base64(text: &str) -> bool {
    /// The length of the shortest key, a public one for Ed25519 (RFC 8410).
    const MIN_BYTES: usize = 44;
    const SEQUENCE: u8 = 0x30;

    decode_base64(text.trim())
        .is_ok_and(|bytes| bytes.len() >= MIN_BYTES && bytes.first() == Some(&SEQUENCE))
}

/// Decodes base64 in the standard or the URL alphabet, with or without padding.
pub(super) fn decode_base64(text: &str) -> Result<Vec<u8>, String> {
    STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        // The error would quote a byte of a secret.
        .map_err(|_| "it is not base64 in the standard or the URL alphabet".to_owned())
}

pub(super) fn flag(value: &Value) -> Result<bool, String> {
    value
        .to_bool()
        .ok_or_else(|| "it must be `true` or `false`".to_owned())
}

/// Reads a time in seconds, which may have fractions.
pub(super) fn seconds(value: &Value) -> Result<Duration, String> {
    let seconds = value.to_num().and_then(|number| {
        number
            .to_f64()
            .or_else(|| number.to_u128_lossy().map(approximate))
    });
    match seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(duration) if duration <= YEAR => Ok(duration),
        _ => Err(
            "it must be a number of seconds, from 0 to a year, without quotes and without a unit"
                .to_owned(),
        ),
    }
}

/// Reads a time in seconds that is not zero.
pub(super) fn positive_seconds(value: &Value) -> Result<Duration, String> {
    match seconds(value)? {
        Duration::ZERO => Err("it must be more than 0 seconds".to_owned()),
        duration => Ok(duration),
    }
}

/// Reads a size in bytes, in the form of Rocket's limits: `"16 MiB"`, or a number.
pub(super) fn bytes(value: &Value) -> Result<u64, String> {
    match value.deserialize::<ByteUnit>() {
        Ok(size) => Ok(size.as_u64()),
        Err(_) => Err("it must be a size such as `\"16 MiB\"`, or 0 for none".to_owned()),
    }
}

/// Reads a whole number that is not negative.
pub(super) fn whole_number(value: &Value) -> Option<u128> {
    value.to_num().and_then(Num::to_u128_lossy)
}

/// Reads one of these words.
pub(super) fn choice<T: Copy>(value: &Value, choices: &[(&str, T)]) -> Result<T, String> {
    let chosen = value
        .as_str()
        .and_then(|text| choices.iter().find(|(word, _)| *word == text));
    if let Some((_, choice)) = chosen {
        return Ok(*choice);
    }
    let words: Vec<_> = choices
        .iter()
        .map(|(word, _)| format!("\"{word}\""))
        .collect();
    let all = match words.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        words => words.concat(),
    };
    Err(format!("it must be {all}"))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the number is only compared with the seconds of a year"
)]
fn approximate(number: u128) -> f64 {
    number as f64
}
