//! The grammar of each attribute's arguments: from tokens into the model.

mod arguments;
mod claims;
mod literal;
mod login;
mod names;
mod operators;
mod rules;

use proc_macro2::TokenStream;

use self::arguments::{Call, Flag, separate, take_flags};
use crate::diagnostics::{Errors, error};
use crate::model::{Requirement, What};
use crate::syntax::attribute::{Attr, Origin};
use crate::syntax::kind::Kind;

/// Parses the requirements of an attribute and reports each invalid argument.
pub(crate) fn requirements(attr: &Attr, errors: &mut Errors) -> Vec<Requirement> {
    if matches!(attr.origin, Origin::RefusedModule(_)) {
        return Vec::new();
    }
    if attr.kind == Kind::Public {
        if !attr.args.is_empty() {
            let problem = format!("`{}` takes no arguments", attr.kind);
            errors.push(error(&attr.args, problem, format!("write `{}`", attr.kind)));
        }
        return Vec::new();
    }
    let mut arguments = separate(attr.kind, &attr.args, errors);
    let flags = take_flags(attr.kind, &mut arguments, errors);
    if arguments.is_empty() && attr.kind != Kind::RequiresAuth {
        errors.push(nothing_required(attr));
    }

    let mut found = each(attr.kind, arguments, errors);
    if flags.contains(&Flag::NotFound) {
        found = vec![Requirement::flagged(What::NotFound, found)];
    }
    if flags.contains(&Flag::ReportOnly) {
        found = vec![Requirement::flagged(What::ReportOnly, found)];
    }
    found
}

fn nothing_required(attr: &Attr) -> syn::Error {
    let (kind, noun) = (attr.kind, attr.kind.noun());
    let example = format!("#[{}({})]", kind.name(), kind.example());
    let help = match kind {
        Kind::Requires => format!("name the rule that a request must meet, as in `{example}`"),
        _ => format!(
            "name the {noun}s that a token must carry, as in `{example}`; to accept any valid \
             token, use `#[requires_auth]`"
        ),
    };
    error(
        &attr.place,
        format!("`{kind}` needs at least one {noun}"),
        help,
    )
}

fn each(kind: Kind, arguments: Vec<TokenStream>, errors: &mut Errors) -> Vec<Requirement> {
    let each = arguments
        .into_iter()
        .map(|argument| match Call::parse(&argument) {
            Some(call) if call.is_group() && kind != Kind::RequiresAuth => {
                let inner = inside(kind, &call, errors);
                let what = if call.name == "any" {
                    What::Any(inner)
                } else {
                    What::All(inner)
                };
                Some(Requirement {
                    what,
                    source: call.tokens(),
                })
            }
            Some(call) if kind == Kind::Requires => match Kind::from_noun(&call.name) {
                Some(kind) => {
                    let inner = inside(kind, &call, errors);
                    Some(Requirement {
                        what: What::OfKind(kind, inner),
                        source: call.tokens(),
                    })
                }
                None => single(kind, argument, errors),
            },
            _ => single(kind, argument, errors),
        });
    each.flatten().collect()
}

/// Parses the requirements in the parentheses of a call.
fn inside(kind: Kind, call: &Call, errors: &mut Errors) -> Vec<Requirement> {
    let arguments = separate(kind, &call.arguments.stream(), errors);
    if arguments.is_empty() {
        let name = &call.name;
        let example = if call.is_group() {
            kind.alternatives()
        } else {
            kind.example()
        };
        let problem = format!("`{name}()` needs at least one {}", kind.noun());
        let help = format!("write, for example, `{name}({example})`");
        errors.push(error(call.tokens(), problem, help));
    }
    each(kind, arguments, errors)
}

/// Parses a requirement that is not a group.
fn single(kind: Kind, argument: TokenStream, errors: &mut Errors) -> Option<Requirement> {
    if let Some(flag) = Flag::parse(&argument) {
        let problem = format!("`{}` must come last", flag.name());
        let help = "move it to the end: it applies to everything that the attribute requires";
        errors.push(error(argument, problem, help));
        return None;
    }
    let mut source = argument.clone();
    let parsed = match kind {
        // It has no arguments.
        Kind::Public => return None,
        Kind::Requires => rules::rule(&argument),
        Kind::RequiresAuth => login::login(&argument).map(|(what, value)| {
            source = value;
            what
        }),
        Kind::RequiresClaim => claims::claim(&argument),
        Kind::RequiresPermission => names::name(kind, &argument).map(What::Permission),
        Kind::RequiresRole => names::name(kind, &argument).map(What::Role),
        Kind::RequiresScope => names::name(kind, &argument).map(What::Scope),
    };
    match parsed {
        Ok(what) => Some(Requirement { what, source }),
        Err(error) => {
            errors.push(operators::combination(kind, &argument).unwrap_or(error));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::*;
    use crate::handoff::Arguments;
    use crate::syntax::tokens::text;

    /// Returns the requirements and the errors as text.
    pub(super) fn parsed(kind: Kind, args: TokenStream) -> (Vec<String>, String) {
        let mut errors = Errors::default();
        let attr = Attr::expanded(kind, Arguments::read(args));
        let found = requirements(&attr, &mut errors);
        let found = found
            .iter()
            .map(|it| format!("{}{}", text(&it.source), flags(it)))
            .collect();
        (found, errors.to_token_stream().to_string())
    }

    fn flags(requirement: &Requirement) -> String {
        match &requirement.what {
            What::NotFound(_) => ", not_found".to_owned(),
            What::ReportOnly(inner) => format!(
                "{}, report_only",
                inner.iter().map(flags).collect::<String>()
            ),
            _ => String::new(),
        }
    }

    #[test]
    fn groups_nest_to_any_depth() {
        let (found, errors) = parsed(
            Kind::RequiresScope,
            quote!("a", any("b", all(c::C, any(all("d",)))), all("e")),
        );
        assert_eq!(
            found,
            [
                r#""a""#,
                r#"any("b", all(c::C, any(all("d",))))"#,
                r#"all("e")"#
            ]
        );
        assert_eq!(errors, "");
    }

    #[test]
    fn flags_apply_to_the_whole_attribute() {
        for (args, expected) in [
            (quote!("a", not_found), r#""a", not_found"#),
            (quote!("a", "b", report_only,), r#""a", "b", report_only"#),
            (
                quote!("a", not_found, report_only),
                r#""a", not_found, report_only"#,
            ),
            (
                quote!("a", report_only, not_found),
                r#""a", not_found, report_only"#,
            ),
        ] {
            assert_eq!(
                parsed(Kind::RequiresRole, args),
                (vec![expected.into()], String::new())
            );
        }
    }

    #[test]
    fn the_commas_of_a_generic_rule_do_not_separate_rules() {
        let (found, errors) = parsed(Kind::Requires, quote!(MyRule::<A, B>::new(1), Other));
        assert_eq!(found, ["MyRule::<A, B>::new(1)", "Other"]);
        assert_eq!(errors, "");
    }
}
