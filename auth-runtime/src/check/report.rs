//! Defines a report: findings in sections, as a text for people and as JSON for programs.

use std::fmt;
use std::process::ExitCode;

use serde::Serialize;

/// What is right and wrong with a set-up: see [`Auth::check`](crate::Auth::check) and
/// [`Policies::check_scopes`](crate::Policies::check_scopes).
///
/// Its `Display` is for people. It serialises as an object with `ok`, `sections` and, if a token was
/// checked, `token`. It contains neither secrets nor the token.
///
/// [Checking a set-up](crate::guide::check) shows a report.
#[derive(Clone, Debug, Serialize)]
pub struct CheckReport {
    ok: bool,
    sections: Vec<Section>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<TokenVerdict>,
}

/// Findings on one subject.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Section {
    title: String,
    findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    level: Level,
    subject: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// It is as it has to be.
    Ok,
    /// It is neither right nor wrong.
    Note,
    /// It works, and may not be what is meant.
    Warning,
    /// It does not work.
    Problem,
    /// It was not checked, because an earlier check failed.
    Skipped,
}

/// What a request with the token would get.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TokenVerdict {
    pub(super) accepted: bool,
    pub(super) status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
}

impl Level {
    fn mark(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "",
            Self::Warning => "warn",
            Self::Problem => "FAIL",
            Self::Skipped => "skip",
        }
    }
}

impl Finding {
    pub(super) fn new(level: Level, subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            level,
            subject: subject.into(),
            found: found.into(),
            expected: None,
            fix: None,
        }
    }

    pub(super) fn ok(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(Level::Ok, subject, found)
    }

    pub(super) fn note(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(Level::Note, subject, found)
    }

    pub(super) fn warning(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(Level::Warning, subject, found)
    }

    pub(super) fn problem(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(Level::Problem, subject, found)
    }

    pub(super) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

impl Section {
    pub(super) fn new(title: impl Into<String>, findings: Vec<Finding>) -> Self {
        Self {
            title: title.into(),
            findings,
        }
    }
}

impl CheckReport {
    pub(super) fn new(sections: Vec<Section>, token: Option<TokenVerdict>) -> Self {
        let findings = sections.iter().flat_map(|section| &section.findings);
        let mut problems = findings.filter(|finding| finding.level == Level::Problem);
        Self {
            ok: problems.next().is_none(),
            sections,
            token,
        }
    }

    /// Returns whether nothing is wrong. Warnings do not count.
    pub fn is_ok(&self) -> bool {
        self.ok
    }

    /// Returns the exit status of a command that shows the report: 0 if nothing is wrong, otherwise 1.
    pub fn exit_code(&self) -> ExitCode {
        if self.ok {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sections
            .iter()
            .try_for_each(|section| writeln!(f, "{section}"))?;
        if let Some(token) = &self.token {
            writeln!(f, "{token}")?;
        }
        f.write_str(if self.ok {
            "Nothing is wrong."
        } else {
            "Something is wrong: see FAIL above."
        })
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        self.findings
            .iter()
            .try_for_each(|finding| write!(f, "{finding}"))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {:<4}  {}", self.level.mark(), self.subject)?;
        if !self.found.is_empty() {
            write!(f, ": {}", self.found)?;
        }
        writeln!(f)?;
        if let Some(expected) = &self.expected {
            writeln!(f, "          expected: {expected}")?;
        }
        if let Some(fix) = &self.fix {
            writeln!(f, "          → {fix}")?;
        }
        Ok(())
    }
}

impl fmt::Display for TokenVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, &self.description) {
            (Some(code), Some(description)) => {
                writeln!(
                    f,
                    "The token is refused: {} {code} ({description})",
                    self.status
                )
            }
            _ => writeln!(f, "The token is accepted."),
        }
    }
}
