//! Renders the compiler's output without the parts that depend on the machine or on the lines of
//! other crates.

use std::fmt::Write as _;

use super::compiler::Diagnostic;

/// Returns the messages as rustc prints them, with a gutter of a fixed width.
pub(super) fn normalized(diagnostics: &[Diagnostic]) -> String {
    let each = diagnostics
        .iter()
        .map(|it| normalized_message(&it.rendered));
    each.collect::<Vec<_>>().join("\n")
}

fn normalized_message(rendered: &str) -> String {
    let mut lines = String::new();
    // `true` within an excerpt of a file other than the case.
    let mut is_elsewhere = false;
    for line in rendered.trim_end().lines() {
        let (number, rest) = gutter(line);
        if let Some(place) = rest
            .strip_prefix("--> ")
            .or_else(|| rest.strip_prefix("::: "))
        {
            is_elsewhere = !place.starts_with("ui/");
            let place = if is_elsewhere { crate_of(place) } else { place };
            let _ = writeln!(lines, "   --> {place}");
            continue;
        }
        let is_excerpt = rest.starts_with('|') || rest == "..." || !number.is_empty();
        if is_elsewhere && is_excerpt {
            continue;
        }
        is_elsewhere = false;
        let is_gutter = is_excerpt || rest.starts_with("= ");
        let line = if is_gutter && rest != "..." {
            format!("{number:>3} {rest}")
        } else {
            line.to_owned()
        };
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    lines
}

/// Splits a line into its number and the rest.
fn gutter(line: &str) -> (&str, &str) {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let (number, rest) = line.split_at(line.len() - number.len());
    match rest.trim_start() {
        rest if number.is_empty() || rest.starts_with(['|', '+', '-', '~']) => (number, rest),
        _ => ("", line),
    }
}

fn crate_of(place: &str) -> &'static str {
    [
        ("auth-runtime/", "$AUTH_RUNTIME"),
        ("/rocket", "$ROCKET"),
        ("/library/", "$RUST"),
    ]
    .into_iter()
    .find(|(part, _)| place.contains(part))
    .map_or("$ELSEWHERE", |(_, name)| name)
}

#[test]
fn excerpts_of_other_crates_are_left_out() {
    let rendered = "error: wrong\n   --> ui/a.rs:9:1\n    |\n9   | a\n    | ^\n    |\n\
                    note: required by this\n   --> /x/auth-runtime/src/routes.rs:123:4\n    |\n\
                    123 | fn f()\n    |    ^\n    = help: write b\n\n";
    let expected = "error: wrong\n   --> ui/a.rs:9:1\n    |\n  9 | a\n    | ^\n    |\n\
                    note: required by this\n   --> $AUTH_RUNTIME\n    = help: write b\n";
    assert_eq!(normalized_message(rendered), expected);
}
