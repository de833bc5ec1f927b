//! Reports requirements that are given more than once.

use crate::diagnostics::{Errors, error, note};
use crate::model::{Requirement, What};
use crate::syntax::tokens::text;

/// A requirement of an item, with its origin.
pub(crate) struct Required {
    pub(crate) requirement: Requirement,
    pub(crate) is_inherited: bool,
}

/// Removes repetitions. An item may repeat what its module requires; any other repetition is an
/// error.
pub(crate) fn without_repetitions(
    requirements: Vec<Required>,
    errors: &mut Errors,
) -> Vec<Requirement> {
    let mut kept: Vec<Required> = Vec::new();
    for second in requirements {
        let Some(first) = kept
            .iter()
            .find(|it| it.requirement.is_same(&second.requirement))
        else {
            kept.push(second);
            continue;
        };
        // A repeated argument of `#[requires_auth]` has been reported as such.
        let is_reported = second.requirement.is_login();
        if !first.is_inherited && !second.is_inherited && !is_reported {
            duplicate(&first.requirement, &second.requirement, errors);
        }
    }
    kept.into_iter()
        .map(|required| required.requirement)
        .collect()
}

/// Reports repetitions inside each group, at any depth.
pub(crate) fn report_repetitions_inside(requirement: &Requirement, errors: &mut Errors) {
    let inner = requirement.inner();
    for (index, second) in inner.iter().enumerate() {
        report_repetitions_inside(second, errors);
        let mut before = inner.iter().take(index);
        if let Some(first) = before.find(|first| first.is_same(second)) {
            duplicate(first, second, errors);
        }
    }
}

/// Reports each named argument of `#[requires_auth]` that is given more than once, whatever its
/// value.
pub(crate) fn report_repeated_arguments(requirements: &[Requirement], errors: &mut Errors) {
    for (index, second) in requirements.iter().enumerate() {
        let mut before = requirements.iter().take(index);
        if let Some(first) = before.find(|first| first.noun() == second.noun()) {
            let problem = format!("{} is given twice", second.noun());
            errors.push(error(&second.source, problem, "remove one of them"));
            errors.push(note(&first.source, "the first one is here"));
        }
    }
}

fn duplicate(first: &Requirement, second: &Requirement, errors: &mut Errors) {
    let noun = match second.what {
        What::Any(_) | What::All(_) => "requirement",
        _ => second.noun(),
    };
    let problem = format!("duplicate {noun}: `{}`", text(&second.source));
    errors.push(error(&second.source, problem, "remove one of them"));
    errors.push(note(&first.source, "the first one is here"));
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::{ToTokens, quote};

    use super::*;
    use crate::handoff::Arguments;
    use crate::parse;
    use crate::syntax::attribute::Attr;
    use crate::syntax::kind::Kind;

    /// Returns how many requirements remain, and how many duplicates are reported.
    fn counts(kind: Kind, attributes: &[(TokenStream, bool)]) -> (usize, usize) {
        let (mut all, mut errors) = (Vec::new(), Errors::default());
        for (args, is_inherited) in attributes {
            let attr = Attr::expanded(kind, Arguments::read(args.clone()));
            for requirement in parse::requirements(&attr, &mut errors) {
                report_repetitions_inside(&requirement, &mut errors);
                all.push(Required {
                    requirement,
                    is_inherited: *is_inherited,
                });
            }
        }
        let remaining = without_repetitions(all, &mut errors).len();
        let errors = errors.to_token_stream().to_string();
        (remaining, errors.matches("duplicate ").count())
    }

    #[test]
    fn a_repeated_requirement_is_an_error() {
        for (args, expected) in [
            (quote!("a", a, m::a), (3, 0)),
            (quote!("a", r"a"), (1, 1)),
            (quote!(a, "b", a), (2, 1)),
            (quote!("a", r"a", "a"), (1, 2)),
            (quote!("a", any("a", "b")), (2, 0)),
            (quote!(any("a", "b"), any("a", "b")), (1, 1)),
            (quote!(any("a", all("b", "b"))), (1, 1)),
        ] {
            assert_eq!(
                counts(Kind::RequiresScope, &[(args.clone(), false)]),
                expected,
                "{args}"
            );
        }
    }

    #[test]
    fn claims_compare_by_value_and_not_by_their_text() {
        for (args, expected) in [
            (quote!(any("x = 1, y" = 2), any(x = 1, y = 2)), (2, 0)),
            (quote!(a = 16, a = 0x10), (1, 1)),
            (quote!(a = 1, a = -1, a = "1"), (3, 0)),
            (quote!(r#type = true, "type" = true), (1, 1)),
        ] {
            assert_eq!(
                counts(Kind::RequiresClaim, &[(args.clone(), false)]),
                expected,
                "{args}"
            );
        }
    }

    #[test]
    fn a_repeated_rule_is_an_error() {
        let rules = quote!(A::new(1), A::new(1), A::new(2), any(A::new(1), scope("a")));
        assert_eq!(counts(Kind::Requires, &[(rules, false)]), (3, 1));
    }

    #[test]
    fn an_item_may_repeat_what_its_module_requires() {
        let (a, b) = (quote!("a"), quote!("a", "b"));
        let count = |attributes: &[_]| counts(Kind::RequiresScope, attributes);
        assert_eq!(count(&[(a.clone(), true), (b.clone(), false)]), (2, 0));
        assert_eq!(count(&[(a, false), (b, false)]), (2, 1));
    }
}
