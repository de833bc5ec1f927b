//! Reads numbers (RFC 8259 §6).

use super::layout::Node;
use super::reader::{JsonError, Problem, Reader};

/// A number, as `serde_json` keeps it by default.
#[derive(Clone, Copy)]
pub(crate) enum Number {
    Unsigned(u64),
    Negative(i64),
    /// Finite.
    Float(f64),
}

impl Number {
    /// Parses a number that is written as JSON allows. An integer has neither a fraction nor an exponent.
    ///
    /// Returns `None` if it exceeds the range of an `f64`.
    fn parse(written: &str, is_integer: bool) -> Option<Self> {
        if is_integer && let Ok(number) = written.parse() {
            return Some(Self::Unsigned(number));
        }
        // `-0` is a float: an integer cannot be a negative zero.
        if is_integer && let Ok(number @ ..0) = written.parse() {
            return Some(Self::Negative(number));
        }
        let number = written.parse().ok()?;
        f64::is_finite(number).then_some(Self::Float(number))
    }

    /// Converts the number. Integers above 2^53 are rounded.
    pub(crate) fn as_f64(self) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "times below 2^53 seconds are exact"
        )]
        match self {
            Self::Unsigned(number) => number as f64,
            Self::Negative(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

impl Reader<'_> {
    /// Reads a number that starts with a digit or a minus.
    pub(super) fn number(&mut self, start: usize) -> Result<usize, JsonError> {
        let mut at = start + usize::from(self.byte(start) == Some(b'-'));
        at = match self.byte(at) {
            // A digit must not follow a leading zero. The caller reports it.
            Some(b'0') => at + 1,
            _ => self.digits(at)?,
        };
        let mut is_integer = true;
        if self.byte(at) == Some(b'.') {
            is_integer = false;
            at = self.digits(at + 1)?;
        }
        if let Some(b'e' | b'E') = self.byte(at) {
            is_integer = false;
            at += 1;
            if let Some(b'+' | b'-') = self.byte(at) {
                at += 1;
            }
            at = self.digits(at)?;
        }
        let written = self.text.get(start..at).unwrap_or_default();
        let number = Number::parse(written, is_integer);
        let number = number.ok_or(Problem::NumberOutOfRange.at(at))?;
        self.add(match number {
            Number::Unsigned(number) => Node::Unsigned(number),
            Number::Negative(number) => Node::Negative(number),
            Number::Float(number) => Node::Float(number),
        });
        Ok(at)
    }

    /// Reads one digit or more.
    #[inline]
    fn digits(&self, at: usize) -> Result<usize, JsonError> {
        let rest = self.rest(at).iter();
        match rest.take_while(|byte| byte.is_ascii_digit()).count() {
            0 => Err(Problem::Syntax.at(at)),
            count => Ok(at + count),
        }
    }
}
