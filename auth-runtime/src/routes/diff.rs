//! Compares the policies of a table with those of an earlier one.

use std::fmt;

use super::lock::PolicyLock;
use super::table::Policies;
use crate::markdown::code_span;
use crate::policy::{PolicyText, Strength};

/// The differences between the policies of a Rocket and earlier ones: see [`Policies::diff`].
///
/// Its `Display` has one line for each change; [`to_markdown`](Self::to_markdown) makes a table for
/// a review comment.
///
/// [Testing](crate::guide::testing#the-policy-lock-file) shows how to compare policies with a
/// committed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDiff(Vec<PolicyChange>);

/// A route that is new, was removed, or has another policy.
///
/// [Testing](crate::guide::testing#the-policy-lock-file) explains the differences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    route: String,
    before: Option<String>,
    after: Option<String>,
    verdict: PolicyVerdict,
}

/// The effect of a change on callers.
///
/// [Testing](crate::guide::testing#the-policy-lock-file) explains the differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyVerdict {
    /// The route is new.
    New,
    /// The route was removed.
    Removed,
    /// Some callers gain access, and none loses it.
    Weaker,
    /// Some callers lose access, and none gains it.
    Stricter,
    /// The same callers have access: the words changed, or the reply to a refusal.
    Reworded,
    /// Some callers gain access and others lose it, or the policies cannot be compared, for example
    /// because a rule changed.
    Incomparable,
}

impl PolicyVerdict {
    fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Removed => "gone",
            Self::Weaker => "WEAKER",
            Self::Stricter => "stricter",
            Self::Reworded => "reworded",
            Self::Incomparable => "different",
        }
    }
}

/// Compares two policies. An undeclared route may have any policy, so no policy is stricter than it
/// or equal to it.
fn verdict(before: Option<&PolicyText>, after: Option<&PolicyText>) -> PolicyVerdict {
    match (before, after) {
        (Some(before), Some(after)) => match Strength::compare(before, after) {
            Strength::Weaker => PolicyVerdict::Weaker,
            Strength::Stricter => PolicyVerdict::Stricter,
            Strength::Equal => PolicyVerdict::Reworded,
            Strength::Incomparable => PolicyVerdict::Incomparable,
        },
        (Some(before), None) if *before != PolicyText::Public => PolicyVerdict::Weaker,
        _ => PolicyVerdict::Incomparable,
    }
}

impl Policies {
    /// Compares these policies with earlier ones.
    ///
    /// ```
    /// use auth_runtime::{Policies, PolicyVerdict, public, requires_auth, routes};
    /// use rocket::get;
    ///
    /// mod before {
    ///     # use auth_runtime::requires_auth;
    ///     # use rocket::get;
    ///     #[requires_auth]
    ///     #[get("/ping")]
    ///     pub fn ping() {}
    /// }
    ///
    /// #[public]
    /// #[get("/ping")]
    /// fn ping() {}
    ///
    /// # fn main() {
    /// let before = Policies::of(&rocket::build().mount("/", routes![before::ping]));
    /// let after = Policies::of(&rocket::build().mount("/", routes![ping]));
    /// let diff = after.diff(&before);
    /// let change = diff.iter().next().expect("a policy changed");
    /// assert_eq!(change.verdict(), PolicyVerdict::Weaker);
    /// assert_eq!(diff.to_string(), "WEAKER:   GET /ping: requires_auth → public\n");
    /// # }
    /// ```
    pub fn diff(&self, before: &Self) -> PolicyDiff {
        PolicyDiff::new(&PolicyLock::new(before), &PolicyLock::new(self))
    }
}

impl PolicyDiff {
    pub(crate) fn new(before: &PolicyLock, after: &PolicyLock) -> Self {
        let text = |policy: &Option<PolicyText>| {
            policy
                .as_ref()
                .map_or_else(|| "undeclared".to_owned(), ToString::to_string)
        };
        let changed = after.0.iter().filter_map(|(route, policy)| {
            let old = before.0.get(route);
            if old == Some(policy) {
                return None;
            }
            Some(PolicyChange {
                route: route.clone(),
                before: old.map(text),
                after: Some(text(policy)),
                verdict: old.map_or(PolicyVerdict::New, |old| {
                    verdict(old.as_ref(), policy.as_ref())
                }),
            })
        });
        let gone = before
            .0
            .iter()
            .filter(|(route, _)| !after.0.contains_key(*route));
        let gone = gone.map(|(route, policy)| PolicyChange {
            route: route.clone(),
            before: Some(text(policy)),
            after: None,
            verdict: PolicyVerdict::Removed,
        });
        Self(changed.chain(gone).collect())
    }

    /// Returns the changes, by route.
    pub fn iter(&self) -> impl Iterator<Item = &PolicyChange> {
        self.0.iter()
    }

    /// Returns whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns a Markdown table, with the changes by which somebody may gain access first.
    pub fn to_markdown(&self) -> String {
        let mut changes: Vec<_> = self.0.iter().collect();
        changes.sort_by_key(|change| match change.verdict {
            PolicyVerdict::Weaker => 0,
            PolicyVerdict::Incomparable => 1,
            PolicyVerdict::New => 2,
            PolicyVerdict::Removed | PolicyVerdict::Stricter | PolicyVerdict::Reworded => 3,
        });
        let head = "| change | route | before | after |\n| --- | --- | --- | --- |\n";
        let code = |text: &Option<String>| text.as_deref().map(cell).unwrap_or_default();
        let rows = changes.iter().map(|change| {
            let (before, after) = (code(&change.before), code(&change.after));
            let route = cell(&change.route);
            [change.verdict.name(), &route, &before, &after].join(" | ")
        });
        rows.fold(head.to_owned(), |table, row| table + "| " + &row + " |\n")
    }
}

/// Formats code for a cell of a table, in which pipes are escaped.
fn cell(text: &str) -> String {
    code_span(&text.replace('|', "\\|"))
}

impl PolicyChange {
    /// Returns the method and URI of the route, with its format if it has one.
    pub fn route(&self) -> &str {
        &self.route
    }

    /// Returns the earlier policy, or `None` if the route is new.
    pub fn before(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// Returns the policy, or `None` if the route was removed.
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Returns what the change means for callers.
    pub fn verdict(&self) -> PolicyVerdict {
        self.verdict
    }
}

impl fmt::Display for PolicyVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for PolicyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = format!("{}:", self.verdict);
        write!(f, "{verdict:<9} {}: ", self.route)?;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => write!(f, "{before} → {after}"),
            (Some(only), None) | (None, Some(only)) => f.write_str(only),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Display for PolicyDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|change| writeln!(f, "{change}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(before: &str, after: &str) -> PolicyDiff {
        let parse = |text| PolicyLock::parse(text).expect("it is a lock");
        PolicyDiff::new(&parse(before), &parse(after))
    }

    #[test]
    fn each_change_has_its_verdict() {
        let before = "GET /a: requires_auth\nGET /b: public\nGET /c: public\nGET /e: undeclared\n\
                      GET /f: public\nGET /g: requires_auth\nGET /h: requires_scope(all(\"a\"))\n";
        let after = "GET /a: public\nGET /b: requires_auth\nGET /d: public\nGET /e: public\n\
                     GET /f: undeclared\nGET /g: undeclared\nGET /h: requires_scope(\"a\")\n";
        assert_eq!(
            diff(before, after).to_string(),
            "WEAKER:   GET /a: requires_auth → public\n\
             stricter: GET /b: public → requires_auth\n\
             new:      GET /d: public\n\
             different: GET /e: undeclared → public\n\
             different: GET /f: public → undeclared\n\
             WEAKER:   GET /g: requires_auth → undeclared\n\
             reworded: GET /h: requires_scope(all(\"a\")) → requires_scope(\"a\")\n\
             gone:     GET /c: public\n"
        );
        assert!(diff(before, before).is_empty());
    }

    #[test]
    fn the_markdown_begins_with_changes_that_open_a_route() {
        let diff = diff(
            "GET /a: public\nGET /b: requires_claim(x = \"`|\")\n",
            "GET /a: requires_auth\nGET /b: public\n",
        );
        assert_eq!(
            diff.to_markdown(),
            "| change | route | before | after |\n\
             | --- | --- | --- | --- |\n\
             | WEAKER | `GET /b` | `` requires_claim(x = \"`\\|\") `` | `public` |\n\
             | stricter | `GET /a` | `public` | `requires_auth` |\n"
        );
    }
}
