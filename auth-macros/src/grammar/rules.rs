//! Rules of the application's own: expressions that make one.

use proc_macro2::TokenStream;
use syn::{Expr, Lit};

use super::{Call, describe};
use crate::attr::Kind;
use crate::diagnostics::error;
use crate::requirement::Requirement;
use crate::text;

pub(super) fn rule(argument: &TokenStream) -> syn::Result<Requirement> {
    if let Some(call) = Call::of(argument)
        && let Some(nested) = Kind::named(&call.name)
    {
        return Err(nested_attribute(argument, nested, &call));
    }
    let parsed = syn::parse2::<Expr>(argument.clone());
    match parsed {
        Ok(rule) if is_rule(&rule) => Ok(Requirement::Rule(rule)),
        parsed => Err(not_a_rule(argument, parsed.ok().as_ref())),
    }
}

fn is_rule(expression: &Expr) -> bool {
    match expression {
        Expr::Path(_) | Expr::Call(_) | Expr::Struct(_) => true,
        Expr::MethodCall(call) => is_rule(&call.receiver),
        _ => false,
    }
}

fn nested_attribute(argument: &TokenStream, nested: Kind, call: &Call) -> syn::Error {
    let name = nested.name();
    let help = if nested.is_mixable() {
        let arguments = text::of(&call.arguments.stream());
        format!("write `{}({arguments})`", nested.noun())
    } else {
        format!("write `#[{name}]` as an attribute of its own")
    };
    error(
        argument,
        format!("`{name}` is an attribute, and does not nest"),
        help,
    )
}

fn not_a_rule(argument: &TokenStream, expression: Option<&Expr>) -> syn::Error {
    const EXPECTED: &str = "expected a rule: a path, a struct literal or a call";

    let (problem, help) = match expression {
        Some(Expr::Lit(literal)) => {
            let help = match &literal.lit {
                Lit::Str(_) => {
                    let text = text::of(argument);
                    format!("to require a scope, write `#[requires_scope({text})]`")
                }
                _ => "name a type that implements `auth_runtime::Rule`".to_owned(),
            };
            (
                format!("{EXPECTED}; found {}", describe(&literal.lit)),
                help,
            )
        }
        Some(Expr::Assign(_)) => (
            EXPECTED.to_owned(),
            format!(
                "to require a claim, write `#[requires_claim({})]`",
                text::of(argument)
            ),
        ),
        Some(Expr::Closure(_)) => (
            format!("{EXPECTED}; found a closure"),
            "write a type that implements `auth_runtime::Rule`, and name it here".to_owned(),
        ),
        Some(Expr::Reference(reference)) => {
            let rule = text::of(&quote::ToTokens::to_token_stream(&reference.expr));
            (
                format!("{EXPECTED}; found a reference"),
                format!("write `{rule}`"),
            )
        }
        _ => (
            EXPECTED.to_owned(),
            "write `MyRule`, `MyRule { limit: 5 }` or `MyRule::new(5)`".to_owned(),
        ),
    };
    error(argument, problem, help)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::super::tests::parsed;
    use crate::attr::Kind;

    #[test]
    fn paths_struct_literals_and_calls_are_rules() {
        let args = quote!(
            MyRule,
            rules::MyRule { limit: 5 },
            any(MyRule::new(1, 2), ::rules::new().strict()),
        );
        let (rules, errors) = parsed(Kind::Requires, args);
        assert_eq!(
            rules,
            [
                "MyRule",
                "rules::MyRule { limit: 5 }",
                "any(MyRule::new(1, 2), ::rules::new().strict())"
            ]
        );
        assert_eq!(errors, "");
    }

    #[test]
    fn other_kinds_stand_by_their_nouns() {
        let args = quote!(any(
            scope("a", b::B),
            claim(sub = "<id>"),
            MyRule,
            all(role(any("c", "d")), permission("e"))
        ));
        let (rules, errors) = parsed(Kind::Requires, args);
        assert_eq!(
            rules,
            [
                r#"any(scope("a", b::B), claim(sub = "<id>"), MyRule, all(role(any("c", "d")), permission("e")))"#
            ]
        );
        assert_eq!(errors, "");
    }

    #[test]
    fn what_is_no_rule_is_reported() {
        for (argument, message) in [
            (quote!("a"), r#"#[requires_scope(\"a\")]"#),
            (quote!(5), "found an integer"),
            (
                quote!(org_id = "acme"),
                r#"#[requires_claim(org_id = \"acme\")]"#,
            ),
            (quote!(|token| true), "found a closure"),
            (quote!(&RULE), "write `RULE`"),
            (quote!(!RULE), "cannot be negated"),
            (quote!(A || B), "write `any(A, B)`"),
            (quote!([A, B]), "write `any(A, B)` or `all(A, B)`"),
            (quote!(rule!()), "write `MyRule`"),
            (quote!(requires_scope("a")), r#"write `scope(\"a\")`"#),
            (quote!(requires_auth()), "as an attribute of its own"),
        ] {
            let (rules, errors) = parsed(Kind::Requires, argument);
            assert!(rules.is_empty());
            assert!(errors.contains(message), "{message} not in {errors}");
            assert_eq!(errors.matches("compile_error").count(), 1, "{errors}");
        }
    }

    #[test]
    fn mistakes_in_other_kinds_are_reported_in_their_words() {
        for (argument, message) in [
            (quote!(any(MyRule, scope(5))), "found an integer"),
            (quote!(role()), "`role()` names no role"),
            (quote!(claim("a")), "claim"),
            (quote!(scope("a" || "b")), r#"write `any(\"a\", \"b\")`"#),
            (quote!(scope(MyRule::new())), "expected a string literal"),
        ] {
            let (_, errors) = parsed(Kind::Requires, argument);
            assert!(errors.contains(message), "{message} not in {errors}");
            assert_eq!(errors.matches("compile_error").count(), 1, "{errors}");
        }
    }
}
