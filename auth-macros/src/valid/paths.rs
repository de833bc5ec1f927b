//! Paths on a module: its attributes are read again in each route of the module, where a relative
//! path means something else.

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

use crate::diagnostics::{Errors, error};
use crate::requirement::{Requirement, Text};

/// Every path in the requirement begins at the root of a crate.
pub(super) fn absolute(requirement: &Requirement, errors: &mut Errors) {
    let relative = match requirement {
        Requirement::Scope(Text::Constant(path))
        | Requirement::Permission(Text::Constant(path))
        | Requirement::Role(Text::Constant(path))
        | Requirement::Acr(Text::Constant(path)) => relative(path.to_token_stream()),
        Requirement::Rule(rule) => relative(rule.to_token_stream()),
        Requirement::Any(_, inner)
        | Requirement::All(_, inner)
        | Requirement::OfKind(_, _, inner)
        | Requirement::NotFound(inner)
        | Requirement::ReportOnly(inner) => {
            for one in inner {
                absolute(one, errors);
            }
            None
        }
        _ => None,
    };
    if let Some(name) = relative {
        let problem = match &*name.to_string() {
            "self" | "super" => format!("a path on a module cannot begin with `{name}`"),
            _ => format!("a path on a module begins at the root of a crate, unlike `{name}`"),
        };
        let help = "write `crate::…` or `::name::…`: what stands here is read in each route of the \
                    module, where a relative path means something else";
        errors.push(error(name, problem, help));
    }
}

/// The first name with which a relative path begins.
fn relative(tokens: TokenStream) -> Option<Ident> {
    // Whether the last token leads on to a name: `::`, `.` or `'`.
    let mut leads_on = false;
    let mut joint = None;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) => {
                let is_alone = punct.spacing() == Spacing::Alone;
                leads_on = match punct.as_char() {
                    ':' => joint == Some(':'),
                    '.' => is_alone && joint != Some('.'),
                    '\'' => true,
                    _ => false,
                };
                joint = (!is_alone).then(|| punct.as_char());
                continue;
            }
            TokenTree::Ident(name) => {
                let is_field = matches!(
                    tokens.peek(),
                    Some(TokenTree::Punct(next))
                        if next.as_char() == ':' && next.spacing() == Spacing::Alone
                );
                let is_rooted = matches!(&*name.to_string(), "crate" | "$crate" | "true" | "false");
                if !(leads_on || is_field || is_rooted) {
                    return Some(name);
                }
            }
            TokenTree::Group(group) => {
                if let Some(name) = relative(group.stream()) {
                    return Some(name);
                }
            }
            TokenTree::Literal(_) => {}
        }
        (leads_on, joint) = (false, None);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_found_wherever_they_stand() {
        for (rule, expected) in [
            ("crate::MyRule", None),
            ("::rules::MyRule", None),
            ("MyRule", Some("MyRule")),
            ("self::MyRule", Some("self")),
            ("super::MyRule", Some("super")),
            ("crate::MyRule::new(1, \"a\", true, -5).strict()", None),
            ("crate::MyRule::new(LIMIT)", Some("LIMIT")),
            ("crate::MyRule { limit: 5, inner: ::a::B }", None),
            ("crate::MyRule { limit: rules::LIMIT }", Some("rules")),
            ("crate::MyRule { limit }", Some("limit")),
            ("crate::MyRule { limit: 5, ..DEFAULT }", Some("DEFAULT")),
            ("crate::MyRule::<::a::B, C>::new()", Some("C")),
            ("crate::MyRule::new(&[crate::A, super::B])", Some("super")),
        ] {
            let found = relative(rule.parse().unwrap()).map(|name| name.to_string());
            assert_eq!(found.as_deref(), expected, "{rule}");
        }
    }
}
