//! Parses policies.

use super::rule::{is_plain_rule, rule_end};
use super::{ClaimValue, Condition, NOT_FOUND, Noun, PolicyText, REPORT_ONLY, SENDER_CONSTRAINED};

impl PolicyText {
    /// Parses what the printer writes. Returns `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "public" => return Some(Self::Public),
            "refuses everyone" => return Some(Self::RefuseAll),
            "requires_auth" => return Some(Self::Requires(Vec::new())),
            _ => {}
        }
        let mut input = Input(text);
        let mut conditions = input.attribute()?;
        while !input.0.is_empty() {
            input.expect(" ")?;
            conditions.extend(input.attribute()?);
        }
        Some(Self::Requires(conditions))
    }
}

/// The rest of the text.
struct Input<'t>(&'t str);

impl<'t> Input<'t> {
    fn expect(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    fn next_is(&mut self, text: &str) -> bool {
        self.expect(text).is_some()
    }

    /// Reads the characters up to the first that does not fit.
    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let end = self.0.find(|character| !fits(character));
        let (taken, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest;
        taken
    }

    fn attribute(&mut self) -> Option<Vec<Condition>> {
        let name = self.take_while(is_word);
        let kind = Noun::ALL
            .into_iter()
            .find(|kind| kind.attribute() == name)?;
        self.expect("(")?;
        let mut conditions = Vec::new();
        let (mut not_found, mut report_only) = (false, false);
        loop {
            if self.flag(NOT_FOUND) {
                not_found = true;
            } else if self.flag(REPORT_ONLY) {
                report_only = true;
            } else {
                conditions.push(self.argument(kind)?);
            }
            if self.next_is(")") {
                break;
            }
            self.expect(", ")?;
        }
        if conditions.is_empty() {
            // Flags without requirements.
            return None;
        }
        if not_found {
            conditions = vec![Condition::NotFound(conditions)];
        }
        if report_only {
            conditions = vec![Condition::ReportOnly(conditions)];
        }
        Some(conditions)
    }

    fn flag(&mut self, flag: &str) -> bool {
        let rest = self.0.strip_prefix(flag);
        match rest {
            Some(rest) if rest.starts_with([',', ')']) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn arguments(&mut self, kind: Noun) -> Option<Vec<Condition>> {
        let mut conditions = Vec::new();
        if self.next_is(")") {
            return Some(conditions);
        }
        loop {
            conditions.push(self.argument(kind)?);
            if self.next_is(")") {
                return Some(conditions);
            }
            self.expect(", ")?;
        }
    }

    fn argument(&mut self, kind: Noun) -> Option<Condition> {
        if self.next_is("any(") {
            return self.arguments(kind).map(Condition::Any);
        }
        if self.next_is("all(") {
            return self.arguments(kind).map(Condition::All);
        }
        for marked in Noun::ALL {
            let Some(mark) = marked.mark() else { continue };
            if let Some(rest) = self
                .0
                .strip_prefix(mark)
                .and_then(|rest| rest.strip_prefix('('))
            {
                self.0 = rest;
                let condition = self.leaf(marked)?;
                self.expect(")")?;
                return Some(condition);
            }
        }
        self.leaf(kind)
    }

    fn leaf(&mut self, kind: Noun) -> Option<Condition> {
        match kind {
            Noun::Scope => self.string().map(Condition::Scope),
            Noun::Permission => self.string().map(Condition::Permission),
            Noun::Role => self.string().map(Condition::Role),
            Noun::Claim => self.claim(),
            Noun::Auth if self.next_is("max_age = ") => {
                self.integer()?.parse().ok().map(Condition::MaxAge)
            }
            Noun::Auth if self.next_is(SENDER_CONSTRAINED) => Some(Condition::SenderConstrained),
            Noun::Auth => {
                self.expect("acr = ")?;
                self.string().map(Condition::Acr)
            }
            Noun::Any => self.rule().map(Condition::Rule),
        }
    }

    fn claim(&mut self) -> Option<Condition> {
        let name = if self.0.starts_with('"') {
            self.string()?
        } else {
            let word = self.take_while(is_word);
            (!word.is_empty()).then(|| word.to_owned())?
        };
        self.expect(" = ")?;
        if let Some(rest) = self.0.strip_prefix("\"<") {
            let (parameter, rest) = rest.split_once(">\"")?;
            self.0 = rest;
            return parameter.chars().all(is_word).then(|| Condition::Owner {
                claim: name,
                parameter: parameter.to_owned(),
            });
        }
        let value = match self.0 {
            text if text.starts_with('"') => ClaimValue::Text(self.string()?),
            _ if self.next_is("true") => ClaimValue::Bool(true),
            _ if self.next_is("false") => ClaimValue::Bool(false),
            _ => ClaimValue::Integer(self.integer()?.parse().ok()?),
        };
        Some(Condition::Claim { name, value })
    }

    fn integer(&mut self) -> Option<&'t str> {
        let digits = self.take_while(|character| character == '-' || character.is_ascii_digit());
        (!digits.is_empty()).then_some(digits)
    }

    fn string(&mut self) -> Option<String> {
        self.quoted('"')
    }

    fn rule(&mut self) -> Option<String> {
        if self.0.starts_with('`') {
            return self.quoted('`');
        }
        let end = rule_end(self.0)?;
        let (expression, rest) = self.0.split_at(end);
        self.0 = rest;
        is_plain_rule(expression).then(|| expression.to_owned())
    }

    /// Reads text between quotes, with the escapes of `char::escape_debug`.
    fn quoted(&mut self, quote: char) -> Option<String> {
        let mut characters = self.0.strip_prefix(quote)?.chars();
        let mut text = String::new();
        loop {
            match characters.next()? {
                character if character == quote => break,
                '\\' => text.push(escaped(&mut characters)?),
                character => text.push(character),
            }
        }
        self.0 = characters.as_str();
        Some(text)
    }
}

fn escaped(characters: &mut std::str::Chars<'_>) -> Option<char> {
    Some(match characters.next()? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        character @ ('\\' | '"' | '\'' | '`') => character,
        'u' => {
            let (digits, rest) = characters.as_str().strip_prefix('{')?.split_once('}')?;
            *characters = rest.chars();
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
        }
        _ => return None,
    })
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}
