//! Whether one policy asks for more than another, read from their texts: a lock file holds no more.

/// How a policy changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Weaker,
    Stricter,
    /// Other words, or another reply, for the same callers.
    Equal,
    /// Some callers gain access, and others lose it; or the texts do not tell.
    Different,
}

pub(super) fn change(old: &str, new: &str) -> Change {
    let (old, new) = (Asked::read(old), Asked::read(new));
    match (new.covers(&old), old.covers(&new)) {
        (true, true) => Change::Equal,
        (true, false) => Change::Stricter,
        (false, true) => Change::Weaker,
        (false, false) => Change::Different,
    }
}

/// What a policy asks for.
enum Asked<'t> {
    Nothing,
    /// A valid token, and all of these.
    Token(Vec<Condition<'t>>),
    Impossible,
}

/// An argument of an attribute.
#[derive(PartialEq)]
struct Condition<'t> {
    attribute: &'t str,
    argument: &'t str,
}

impl<'t> Asked<'t> {
    fn read(policy: &'t str) -> Self {
        match policy {
            "public" | "undeclared" => return Self::Nothing,
            "requires_auth" => return Self::Token(Vec::new()),
            "refuses everyone" => return Self::Impossible,
            _ => {}
        }
        let mut conditions = Vec::new();
        for call in split(policy, ' ') {
            let (attribute, arguments) = called(call).unwrap_or((call, ""));
            let arguments: Vec<&str> = split(arguments, ',').collect();
            if arguments.contains(&"report_only") {
                continue;
            }
            for argument in arguments
                .into_iter()
                .filter(|argument| *argument != "not_found")
            {
                flatten(attribute, argument, &mut conditions);
            }
        }
        Self::Token(conditions)
    }

    /// Whether whoever meets this meets the other as well.
    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Nothing) | (Self::Impossible, _) => true,
            (Self::Nothing, _) | (_, Self::Impossible) => false,
            (Self::Token(own), Self::Token(others)) => others
                .iter()
                .all(|other| own.iter().any(|own| own.covers(other))),
        }
    }
}

impl<'t> Condition<'t> {
    /// `scope("a")` within `requires` is `"a"` within `requires_scope`.
    fn read(attribute: &'t str, argument: &'t str) -> Self {
        let mixed = match called(argument) {
            Some(("claim", inner)) => Some(("requires_claim", inner)),
            Some(("permission", inner)) => Some(("requires_permission", inner)),
            Some(("role", inner)) => Some(("requires_role", inner)),
            Some(("scope", inner)) => Some(("requires_scope", inner)),
            _ => None,
        };
        let (attribute, argument) = mixed
            .filter(|_| attribute == "requires")
            .unwrap_or((attribute, argument));
        Self {
            attribute,
            argument,
        }
    }

    fn covers(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        if let (Some(own), Some(others)) = (self.age(), other.age()) {
            return own <= others;
        }
        let Some(others) = other.alternatives() else {
            return false;
        };
        match self.alternatives() {
            Some(own) => own.iter().all(|one| others.contains(one)),
            None => others.contains(self),
        }
    }

    fn alternatives(&self) -> Option<Vec<Self>> {
        let (_, inner) = called(self.argument).filter(|(name, _)| *name == "any")?;
        let each = split(inner, ',').map(|one| Self::read(self.attribute, one));
        Some(each.collect())
    }

    fn age(&self) -> Option<u64> {
        self.argument.strip_prefix("max_age = ")?.parse().ok()
    }
}

/// `all(…)` at the top is as good as its members.
fn flatten<'t>(attribute: &'t str, argument: &'t str, conditions: &mut Vec<Condition<'t>>) {
    match called(argument) {
        Some(("all", inner)) => {
            split(inner, ',').for_each(|one| flatten(attribute, one, conditions));
        }
        _ => conditions.push(Condition::read(attribute, argument)),
    }
}

/// `name(inner)`
fn called(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('(')?;
    Some((name, rest.strip_suffix(')')?))
}

/// Splits at a separator that is neither in brackets nor in quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut depth, mut quoted, mut escaped) = (0_i32, false, false);
    let parts = text.split(move |character| {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => return character == separator && depth == 0 && !quoted,
        }
        false
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Change::{Different, Equal, Stricter, Weaker};
    use super::*;

    #[test]
    fn changes_are_told_by_who_gains_and_who_loses_access() {
        let cases = [
            ("public", "requires_auth", Stricter),
            ("requires_auth", "public", Weaker),
            ("requires_auth", "undeclared", Weaker),
            ("requires_auth", r#"requires_scope("a")"#, Stricter),
            (
                r#"requires_scope("a", "b")"#,
                r#"requires_scope("b")"#,
                Weaker,
            ),
            (
                r#"requires_scope("a")"#,
                r#"requires_scope("b")"#,
                Different,
            ),
            (r#"requires_scope("a")"#, r#"requires_role("a")"#, Different),
            (
                r#"requires_scope(any("a", "b"))"#,
                r#"requires_scope("a")"#,
                Stricter,
            ),
            (
                r#"requires_scope(any("a", "b"))"#,
                r#"requires_scope(any("b", "c", "a"))"#,
                Weaker,
            ),
            (
                r#"requires_scope("a", "b")"#,
                r#"requires_scope(all("b", "a"))"#,
                Equal,
            ),
            (
                r#"requires_scope("a")"#,
                r#"requires(any(scope("a"), claim(sub = "<id>")))"#,
                Weaker,
            ),
            (
                r#"requires(any(scope("a"), claim(sub = "<id>")))"#,
                r#"requires(any(role("a"), claim(sub = "<id>")))"#,
                Different,
            ),
            (
                r#"requires_scope("a")"#,
                r#"requires_scope("a", report_only)"#,
                Weaker,
            ),
            (
                r#"requires_scope("a")"#,
                r#"requires_scope("a", not_found)"#,
                Equal,
            ),
            (
                "requires_auth(max_age = 300)",
                "requires_auth(max_age = 60)",
                Stricter,
            ),
            (
                r#"requires_claim(sub = "<id>") requires_scope("a")"#,
                r#"requires_scope("a")"#,
                Weaker,
            ),
            (
                "requires(Limit { least: 1, most: 5 })",
                "requires(Limit { least: 1, most: 5 }, Open)",
                Stricter,
            ),
            (
                "requires(Limit { least: 1, most: 5 })",
                "requires(Limit { least: 1, most: 9 })",
                Different,
            ),
            (
                r#"requires_claim(x = "a, b)")"#,
                r#"requires_claim(x = "a, b)", y = 1)"#,
                Stricter,
            ),
        ];
        for (old, new, expected) in cases {
            assert_eq!(change(old, new), expected, "{old} → {new}");
        }
    }
}
