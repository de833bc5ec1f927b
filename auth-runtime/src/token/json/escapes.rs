//! Reads the escapes in strings (RFC 8259 §7).

use super::reader::{JsonError, Problem, Reader};

impl Reader<'_> {
    /// Reads the rest of a string that has an escape after these characters.
    ///
    /// It is a separate function, because hardly any string needs it, and the others are read in half
    /// the instructions without it.
    #[cold]
    pub(super) fn rest_of_string(&mut self, characters: &str) -> Result<String, JsonError> {
        let mut value = characters.to_owned();
        loop {
            if self.skip(b'"') {
                return Ok(value);
            }
            // Otherwise it is a control character or the end of the text.
            self.expect(b'\\')?;
            value.push(self.escaped()?);
            value.push_str(self.characters());
        }
    }

    /// Reads what follows a backslash.
    fn escaped(&mut self) -> Result<char, JsonError> {
        let character = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.position += 1;
                return self.escaped_unicode();
            }
            _ => return self.fail(Problem::Syntax),
        };
        self.position += 1;
        Ok(character)
    }

    /// Reads what follows `\u`: four hexadecimal digits, and for a surrogate its other half.
    fn escaped_unicode(&mut self) -> Result<char, JsonError> {
        let first = self.code_unit()?;
        let second = match first {
            0xD800..=0xDBFF if self.rest().starts_with(b"\\u") => {
                self.position += 2;
                Some(self.code_unit()?)
            }
            _ => None,
        };
        let decoded = match char::decode_utf16([first].into_iter().chain(second)).next() {
            Some(Ok(character)) => Some(character),
            _ => None,
        };
        match decoded {
            Some(character) => Ok(character),
            None => self.fail(Problem::LoneSurrogate),
        }
    }

    fn code_unit(&mut self) -> Result<u16, JsonError> {
        let digits = self.text.get(self.position..self.position + 4);
        // `from_str_radix` would accept a sign.
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            Some(unit) => {
                self.position += 4;
                Ok(unit)
            }
            None => self.fail(Problem::Syntax),
        }
    }
}
