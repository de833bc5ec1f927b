//! Reads and writes the policies of a Rocket as text, for a file that is committed. Each route is a
//! line.
//!
//! ```text
//! row   = route ": " (policy / "undeclared")
//! route = method " " uri [" [" media-type "]"] [" #" number]
//! ```
//!
//! Routes that differ only in their rank are numbered. A line that begins with `#` is a comment.

use std::collections::BTreeMap;
#[cfg(any(test, feature = "testing"))]
use std::fmt;

use super::route_policy::RoutePolicy;
use super::table::Policies;
use crate::policy::PolicyText;

#[cfg(any(test, feature = "testing"))]
const UNDECLARED: &str = "undeclared";

/// The policies by route. `None` is an undeclared route.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PolicyLock(pub(super) BTreeMap<String, Option<PolicyText>>);

/// A line that is neither a row nor a comment.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {number} is not `METHOD /path: policy`: {line}")]
pub(crate) struct LockError {
    number: usize,
    line: String,
}

impl PolicyLock {
    pub(crate) fn new(policies: &Policies) -> Self {
        let mut rows = BTreeMap::new();
        for route in policies.iter() {
            let name = name(route);
            let numbered = (2..).map(|number| format!("{name} #{number}"));
            let mut names = std::iter::once(name.clone()).chain(numbered);
            if let Some(unique) = names.find(|name| !rows.contains_key(name)) {
                rows.insert(unique, route.policy().map(PolicyText::from));
            }
        }
        Self(rows)
    }

    /// Parses the text of a lock file.
    ///
    /// # Errors
    /// Returns the first line that cannot be read.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn parse(text: &str) -> Result<Self, LockError> {
        let lines = text.lines().map(str::trim).enumerate();
        let rows = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let rows = rows.map(|(index, line)| {
            row(line).ok_or_else(|| LockError {
                number: index + 1,
                line: line.to_owned(),
            })
        });
        rows.collect::<Result<_, _>>().map(Self)
    }
}

fn name(route: &RoutePolicy) -> String {
    match route.format() {
        Some(format) => format!("{route} [{format}]"),
        None => route.to_string(),
    }
}

#[cfg(any(test, feature = "testing"))]
fn row(line: &str) -> Option<(String, Option<PolicyText>)> {
    // Neither methods nor URIs contain spaces, so the route ends at the first colon that is followed
    // by a space and a policy.
    let mut ends = line.match_indices(": ");
    ends.find_map(|(end, _)| {
        let (route, policy) = (line.get(..end)?, line.get(end + 2..)?);
        let policy = match policy {
            UNDECLARED => None,
            policy => Some(PolicyText::parse(policy)?),
        };
        Some((route.to_owned(), policy))
    })
}

#[cfg(any(test, feature = "testing"))]
impl fmt::Display for PolicyLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (route, policy) in &self.0 {
            match policy {
                Some(policy) => writeln!(f, "{route}: {policy}")?,
                None => writeln!(f, "{route}: {UNDECLARED}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::arbitrary;

    #[test]
    fn a_line_that_is_not_a_row_is_an_error_that_names_it() {
        let error = PolicyLock::parse("# a comment\nGET /: public\nGET /a requires_auth\n");
        assert_eq!(
            error.unwrap_err().to_string(),
            "line 3 is not `METHOD /path: policy`: GET /a requires_auth"
        );
    }

    proptest! {
        #[test]
        fn a_lock_is_parsed_as_it_was_printed(
            rows in proptest::collection::btree_map(
                "(GET|POST) /[a-z:]{0,5}(/<[a-z]{1,3}>)?( \\[text/plain; a=b: c\\])?( #2)?",
                proptest::option::of(arbitrary::policy()),
                0..5,
            ),
        ) {
            let lock = PolicyLock(rows);
            prop_assert_eq!(PolicyLock::parse(&lock.to_string()), Ok(lock));
        }
    }
}
