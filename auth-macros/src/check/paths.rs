//! Rejects relative paths in a module's attributes. Each route in the module evaluates the path
//! again, and a relative path would have another meaning there.

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};

use crate::diagnostics::{Errors, error};
use crate::model::{Name, Requirement, What};

/// Requires every path in the requirement to begin at a crate root.
pub(crate) fn require_absolute(requirement: &Requirement, errors: &mut Errors) {
    for inner in requirement.inner() {
        require_absolute(inner, errors);
    }
    let relative = match &requirement.what {
        What::Scope(Name::Constant(path))
        | What::Permission(Name::Constant(path))
        | What::Role(Name::Constant(path))
        | What::Acr(Name::Constant(path)) => relative(path.clone()),
        What::Rule => relative(requirement.source.clone()),
        _ => None,
    };
    if let Some(name) = relative {
        let problem = match &*name.to_string() {
            "self" | "super" => {
                format!("a path in a module's attribute cannot begin with `{name}`")
            }
            _ => format!(
                "a path in a module's attribute must begin at a crate root, unlike `{name}`"
            ),
        };
        let help = "write `crate::…` or `::name::…`: each route in the module evaluates the path, \
                    and a relative path has another meaning there";
        errors.push(error(name, problem, help));
    }
}

/// Returns the first name of a relative path, if there is one.
fn relative(tokens: TokenStream) -> Option<Ident> {
    // `true` after a token that continues into a name: `::`, `.` or `'`.
    let mut continues = false;
    let mut joint = None;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) => {
                let is_alone = punct.spacing() == Spacing::Alone;
                continues = match punct.as_char() {
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
                if !(continues || is_field || is_rooted) {
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
        (continues, joint) = (false, None);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_found_wherever_they_are() {
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
            ("crate::MyRule::<'static, ::a::B>::new()", None),
            ("crate::MyRule::new(&[crate::A, super::B])", Some("super")),
        ] {
            let found = relative(rule.parse().unwrap()).map(|name| name.to_string());
            assert_eq!(found.as_deref(), expected, "{rule}");
        }
    }
}
