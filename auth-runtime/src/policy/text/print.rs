//! Prints policies.

use std::fmt::{self, Display, Formatter, Write};
use std::slice;

use super::rule::is_plain_rule;
use super::{ClaimValue, Condition, NOT_FOUND, Noun, PolicyText, REPORT_ONLY, SENDER_CONSTRAINED};
use crate::policy::Policy;
use crate::policy::requirement::Requirement;

impl Display for Policy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        PolicyText::from(*self).fmt(f)
    }
}

/// Prints the requirement as one attribute.
impl Display for Requirement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        attribute(f, slice::from_ref(&Condition::from(self)))
    }
}

impl Display for PolicyText {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::RefuseAll => f.write_str("refuses everyone"),
            Self::Requires(conditions) if conditions.is_empty() => f.write_str("requires_auth"),
            Self::Requires(conditions) => attributes(f, conditions),
        }
    }
}

/// Prints conditions as attributes. Consecutive conditions of one kind share an attribute, and flags
/// apply to a whole attribute.
fn attributes(f: &mut Formatter<'_>, conditions: &[Condition]) -> fmt::Result {
    let groups = conditions.chunk_by(|a, b| {
        !is_flagged(a) && !is_flagged(b) && Noun::for_condition(a) == Noun::for_condition(b)
    });
    for (index, group) in groups.enumerate() {
        if index > 0 {
            f.write_char(' ')?;
        }
        attribute(f, group)?;
    }
    Ok(())
}

fn is_flagged(condition: &Condition) -> bool {
    matches!(condition, Condition::NotFound(_) | Condition::ReportOnly(_))
}

fn attribute(f: &mut Formatter<'_>, group: &[Condition]) -> fmt::Result {
    let (mut inner, mut not_found, mut report_only) = (group, false, false);
    loop {
        match inner {
            [Condition::NotFound(flagged)] => (inner, not_found) = (flagged, true),
            [Condition::ReportOnly(flagged)] => (inner, report_only) = (flagged, true),
            _ => break,
        }
    }
    let kind = group.first().map_or(Noun::Auth, Noun::for_condition);
    write!(f, "{}(", kind.attribute())?;
    arguments(f, kind, inner)?;
    for (flag, is_set) in [(NOT_FOUND, not_found), (REPORT_ONLY, report_only)] {
        if is_set {
            write!(f, ", {flag}")?;
        }
    }
    f.write_char(')')
}

fn arguments(f: &mut Formatter<'_>, within: Noun, conditions: &[Condition]) -> fmt::Result {
    for (index, condition) in conditions.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        argument(f, within, condition)?;
    }
    Ok(())
}

fn argument(f: &mut Formatter<'_>, within: Noun, condition: &Condition) -> fmt::Result {
    match condition {
        Condition::Any(inner) => return group(f, within, "any", inner),
        Condition::All(inner) => return group(f, within, "all", inner),
        _ => {}
    }
    let own = Noun::for_condition(condition);
    match own.mark() {
        Some(mark) if own != within => {
            write!(f, "{mark}(")?;
            leaf(f, condition)?;
            f.write_char(')')
        }
        _ => leaf(f, condition),
    }
}

fn group(f: &mut Formatter<'_>, within: Noun, name: &str, inner: &[Condition]) -> fmt::Result {
    write!(f, "{name}(")?;
    arguments(f, within, inner)?;
    f.write_char(')')
}

fn leaf(f: &mut Formatter<'_>, condition: &Condition) -> fmt::Result {
    match condition {
        Condition::Scope(text) | Condition::Permission(text) | Condition::Role(text) => {
            write!(f, "{text:?}")
        }
        Condition::Claim { name, value } => {
            claim_name(f, name)?;
            match value {
                ClaimValue::Text(text) => literal(f, text),
                ClaimValue::Integer(number) => write!(f, "{number}"),
                ClaimValue::Bool(flag) => write!(f, "{flag}"),
            }
        }
        Condition::Owner { claim, parameter } => {
            claim_name(f, claim)?;
            write!(f, "\"<{parameter}>\"")
        }
        Condition::MaxAge(seconds) => write!(f, "max_age = {seconds}"),
        Condition::Acr(classes) => write!(f, "acr = {classes:?}"),
        Condition::SenderConstrained => f.write_str(SENDER_CONSTRAINED),
        Condition::Rule(expression) => rule(f, expression),
        // Flags belong to whole attributes, which have already printed them.
        Condition::Any(inner)
        | Condition::All(inner)
        | Condition::NotFound(inner)
        | Condition::ReportOnly(inner) => arguments(f, Noun::for_condition(condition), inner),
    }
}

fn claim_name(f: &mut Formatter<'_>, name: &str) -> fmt::Result {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !name.is_empty() && name.bytes().all(is_word) {
        write!(f, "{name} = ")
    } else {
        write!(f, "{name:?} = ")
    }
}

/// Prints a string. One that looks like a parameter begins with an escape, so that it is not parsed
/// as one.
fn literal(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    match text.strip_prefix('<') {
        Some(rest) => {
            let rest = format!("{rest:?}");
            write!(
                f,
                "\"\\u{{3c}}{}",
                rest.strip_prefix('"').unwrap_or_default()
            )
        }
        None => write!(f, "{text:?}"),
    }
}

/// Prints a rule. If the parser cannot find the end of the expression, it is printed between
/// backticks.
fn rule(f: &mut Formatter<'_>, expression: &str) -> fmt::Result {
    if is_plain_rule(expression) {
        return f.write_str(expression);
    }
    f.write_char('`')?;
    for character in expression.chars() {
        match character {
            '`' => f.write_str("\\`")?,
            '"' | '\'' => f.write_char(character)?,
            _ => write!(f, "{}", character.escape_debug())?,
        }
    }
    f.write_char('`')
}
