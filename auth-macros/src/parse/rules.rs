//! Rules of the application: the expressions that create them.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Expr, Lit};

use super::arguments::Call;
use super::literal::describe;
use crate::diagnostics::error;
use crate::model::What;
use crate::syntax::kind::Kind;
use crate::syntax::tokens::text;

/// Parses a rule of the application.
pub(super) fn rule(argument: &TokenStream) -> syn::Result<What> {
    if let Some(call) = Call::parse(argument)
        && let Some(nested) = Kind::from_name(&call.name)
    {
        return Err(nested_attribute(argument, nested, &call));
    }
    let parsed = syn::parse2::<Expr>(argument.clone());
    match parsed {
        Ok(expression) if is_rule(&expression) => Ok(What::Rule),
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
        let arguments = text(&call.arguments.stream());
        format!("write `{}({arguments})`", nested.noun())
    } else {
        format!("write `#[{name}]` as a separate attribute")
    };
    error(
        argument,
        format!("`{name}` is an attribute and cannot be an argument"),
        help,
    )
}

fn not_a_rule(argument: &TokenStream, expression: Option<&Expr>) -> syn::Error {
    const EXPECTED: &str = "expected a rule (a path, a struct literal or a call)";

    let (problem, help) = match expression {
        Some(Expr::Lit(literal)) => {
            let help = match &literal.lit {
                Lit::Str(_) => {
                    let scope = text(argument);
                    format!("to require a scope, write `#[requires_scope({scope})]`")
                }
                _ => "name a type that implements `auth_runtime::Rule`".to_owned(),
            };
            (
                format!("{EXPECTED}, found {}", describe(&literal.lit)),
                help,
            )
        }
        Some(Expr::Assign(assign)) => {
            let name: Option<Ident> = syn::parse2(assign.left.to_token_stream()).ok();
            let noun = name.filter(|name| Kind::from_noun(name).is_some() && name != "claim");
            let help = match noun {
                Some(noun) => format!("write `{noun}({})`", text(&assign.right.to_token_stream())),
                None => format!("to require a claim, write `claim({})`", text(argument)),
            };
            (EXPECTED.to_owned(), help)
        }
        Some(Expr::Closure(_)) => (
            format!("{EXPECTED}, found a closure"),
            "write a type that implements `auth_runtime::Rule`, and name it here".to_owned(),
        ),
        Some(Expr::Reference(reference)) => {
            let rule = text(&reference.expr.to_token_stream());
            (
                format!("{EXPECTED}, found a reference"),
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

    use crate::parse::tests::parsed;
    use crate::syntax::kind::Kind;

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
    fn other_kinds_are_written_by_their_nouns() {
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
    fn anything_else_is_reported() {
        for (argument, message) in [
            (quote!("a"), r#"#[requires_scope(\"a\")]"#),
            (quote!(5), "found an integer"),
            (quote!(org_id = "acme"), r#"claim(org_id = \"acme\")"#),
            (quote!(|token| true), "found a closure"),
            (quote!(&RULE), "write `RULE`"),
            (quote!(!RULE), "cannot be negated"),
            (quote!(A || B), "write `any(A, B)`"),
            (quote!([A, B]), "write `any(A, B)` or `all(A, B)`"),
            (quote!(rule!()), "write `MyRule`"),
            (quote!(requires_scope("a")), r#"write `scope(\"a\")`"#),
            (quote!(requires_auth()), "as a separate attribute"),
        ] {
            let (rules, errors) = parsed(Kind::Requires, argument);
            assert!(rules.is_empty());
            assert!(errors.contains(message), "{message} not in {errors}");
            assert_eq!(errors.matches("compile_error").count(), 1, "{errors}");
        }
    }

    #[test]
    fn mistakes_in_other_kinds_are_reported_with_their_messages() {
        for (argument, message) in [
            (quote!(any(MyRule, scope(5))), "found an integer"),
            (quote!(role()), "`role()` needs at least one role"),
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
