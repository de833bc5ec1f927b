//! Checks the comments of a case that name its essential messages.

use super::compiler::Diagnostic;

#[derive(Debug, PartialEq, Eq)]
struct Annotation<'a> {
    line: usize,
    kind: Kind,
    text: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Error,
    /// A help or a note of the previous error.
    Detail,
}

/// Compares the diagnostics with the annotations of the case, and returns the differences. If
/// `is_complete`, each error has to be annotated.
pub(super) fn check(source: &str, diagnostics: &[Diagnostic], is_complete: bool) -> Vec<String> {
    let annotations = match parse(source) {
        Ok(annotations) => annotations,
        Err(problem) => return vec![problem],
    };
    let (mut problems, mut matched) = (Vec::new(), Vec::new());
    let mut last: Option<&Diagnostic> = None;
    for Annotation { line, kind, text } in &annotations {
        match kind {
            Kind::Error => {
                let errors = diagnostics.iter().enumerate().filter(|(_, it)| it.is_error);
                let mut here = errors.filter(|(_, it)| it.line == Some(*line));
                let found =
                    here.find(|(index, it)| !matched.contains(index) && it.message.contains(text));
                last = found.map(|(_, diagnostic)| diagnostic);
                match found {
                    Some((index, _)) => matched.push(index),
                    None => problems.push(format!("line {line} has no error \"{text}\"")),
                }
            }
            Kind::Detail => {
                let has_it = last.is_none_or(|error| {
                    error.message.contains(text)
                        || error.children.iter().any(|it| it.contains(text))
                });
                if !has_it {
                    problems.push(format!("the error of line {line} does not say \"{text}\""));
                }
            }
        }
    }
    if matched.is_empty() {
        problems.push("a case names at least one error".to_owned());
    }
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if is_complete && diagnostic.is_error && !matched.contains(&index) {
            let line = diagnostic
                .line
                .map_or_else(String::new, |line| format!(" of line {line}"));
            problems.push(format!(
                "the error{line} is not annotated: {}",
                diagnostic.message
            ));
        }
    }
    problems
}

fn parse(source: &str) -> Result<Vec<Annotation<'_>>, String> {
    let mut annotations: Vec<Annotation<'_>> = Vec::new();
    for (index, line) in source.lines().enumerate() {
        let Some((_, comment)) = line.split_once("//~") else {
            continue;
        };
        let comment_line = index + 1;
        let invalid = || format!("line {comment_line} is not an annotation: {comment}");
        let carets = comment.len() - comment.trim_start_matches('^').len();
        let (line, rest) = match comment.strip_prefix('|') {
            Some(rest) => (annotations.last().ok_or_else(invalid)?.line, rest),
            None => (comment_line - carets, comment.trim_start_matches('^')),
        };
        let (kind, text) = rest.trim().split_once(' ').ok_or_else(invalid)?;
        let kind = match kind {
            "ERROR" => Kind::Error,
            "HELP" | "NOTE" => Kind::Detail,
            _ => return Err(invalid()),
        };
        annotations.push(Annotation { line, kind, text });
    }
    Ok(annotations)
}

#[test]
fn annotations_name_the_line_they_are_about() {
    let source = "a\n//~^ ERROR first\n//~| HELP more\nb //~ ERROR second\n//~^^^^ ERROR third";
    let annotation = |line, kind, text| Annotation { line, kind, text };
    assert_eq!(
        parse(source).unwrap(),
        [
            annotation(1, Kind::Error, "first"),
            annotation(1, Kind::Detail, "more"),
            annotation(4, Kind::Error, "second"),
            annotation(1, Kind::Error, "third"),
        ]
    );
    assert!(parse("//~ WRONG first").is_err());
}

#[test]
fn a_missing_or_unannotated_message_is_a_problem() {
    let diagnostic = |line, message: &str| Diagnostic {
        is_error: true,
        message: message.to_owned(),
        line: Some(line),
        children: vec!["write this".to_owned()],
        rendered: String::new(),
    };
    let source = "a\n//~^ ERROR first\n//~| HELP write this";
    let problems = |diagnostics: &[Diagnostic]| check(source, diagnostics, true).len();
    assert_eq!(problems(&[diagnostic(1, "the first")]), 0);
    assert_eq!(
        problems(&[diagnostic(1, "first"), diagnostic(1, "second")]),
        1
    );
    assert_ne!(problems(&[diagnostic(2, "first")]), 0);
    assert_ne!(problems(&[]), 0);
    assert_eq!(
        check(
            "a\n//~^ ERROR first\n//~| HELP that",
            &[diagnostic(1, "first")],
            true
        )
        .len(),
        1
    );
}
