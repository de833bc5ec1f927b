//! Reads the escapes in strings (RFC 8259 §7).

use super::layout::{Node, Place};
use super::reader::{JsonError, Problem, Reader};
use super::scan::plain_length;

impl Reader<'_> {
    /// Reads the rest of a string that has an escape after the characters between these positions.
    ///
    /// It is a separate function, because hardly any string needs it, and the others are read in half
    /// the instructions without it.
    #[cold]
    pub(super) fn rest_of_string(
        &mut self,
        mut start: usize,
        mut at: usize,
    ) -> Result<usize, JsonError> {
        let first = self.layout.unescaped.len();
        loop {
            // Both ends lie beside an ASCII character or an end of the text.
            let characters = self.text.get(start..at).unwrap_or_default();
            self.layout.unescaped.push_str(characters);
            if self.byte(at) == Some(b'"') {
                break;
            }
            // Otherwise it is a control character or the end of the text.
            at = self.expect(at, b'\\')?;
            let (character, end) = self.escaped(at)?;
            self.layout.unescaped.push(character);
            start = end;
            at = start + plain_length(self.rest(start));
        }
        let place = Place::new(first, self.layout.unescaped.len());
        self.add(Node::Unescaped(place));
        Ok(at + 1)
    }

    /// Reads what follows a backslash.
    fn escaped(&self, at: usize) -> Result<(char, usize), JsonError> {
        let character = match self.byte(at) {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.escaped_unicode(at + 1),
            _ => return Err(Problem::Syntax.at(at)),
        };
        Ok((character, at + 1))
    }

    /// Reads what follows `\u`: four hexadecimal digits, and for a surrogate its other half.
    fn escaped_unicode(&self, at: usize) -> Result<(char, usize), JsonError> {
        let (first, mut at) = self.code_unit(at)?;
        let mut second = None;
        if let 0xD800..=0xDBFF = first
            && self.rest(at).starts_with(b"\\u")
        {
            let (unit, end) = self.code_unit(at + 2)?;
            (second, at) = (Some(unit), end);
        }
        match char::decode_utf16([first].into_iter().chain(second)).next() {
            Some(Ok(character)) => Ok((character, at)),
            _ => Err(Problem::LoneSurrogate.at(at)),
        }
    }

    fn code_unit(&self, at: usize) -> Result<(u16, usize), JsonError> {
        let digits = self.text.get(at..at + 4);
        // `from_str_radix` would accept a sign.
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or(Problem::Syntax.at(at))?;
        Ok((unit, at + 4))
    }
}
