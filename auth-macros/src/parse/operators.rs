//! Recognizes what people write instead of `any(…)` and `all(…)`: operators, lists and other
//! functions.
//!
//! None of it is accepted, because the precedence of operators is easily misread. Each error says
//! what to write instead.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{BinOp, Expr, ExprBinary};

use super::arguments::Call;
use super::login;
use crate::diagnostics::error;
use crate::syntax::kind::Kind;
use crate::syntax::tokens::{is_punct, text};

/// Returns the error for an argument that combines others in a way that we do not support.
pub(super) fn combination(kind: Kind, argument: &TokenStream) -> Option<syn::Error> {
    if let Some(call) = Call::parse(argument)
        && kind != Kind::Requires
    {
        return Some(function(kind, argument, &call));
    }

    let mut tokens = argument.clone().into_iter();
    let (first, second) = (tokens.next()?, tokens.next());
    if let (TokenTree::Group(list), None) = (&first, &second) {
        let inner = list.stream();
        if let Some(error) = operators(kind, &inner) {
            return Some(error);
        }
        let inner = text(&inner);
        let problem = "a list does not say whether all of its elements are required or only one";
        let help = format!("write `any({inner})` or `all({inner})`");
        return match list.delimiter() {
            Delimiter::Parenthesis | Delimiter::Bracket => Some(error(argument, problem, help)),
            Delimiter::Brace | Delimiter::None => None,
        };
    }
    let is_negation = match first {
        TokenTree::Punct(punct) => punct.as_char() == '!',
        TokenTree::Ident(word) => word == "not" && second.is_some(),
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    };
    if is_negation {
        return Some(negation(kind, argument));
    }
    operators(kind, argument)
}

fn function(kind: Kind, argument: &TokenStream, call: &Call) -> syn::Error {
    let (name, noun) = (&call.name, kind.noun());
    if kind == Kind::RequiresAuth && call.is_group() {
        let problem = format!("`{kind}` does not support `{name}(…)`");
        let help = "list the arguments directly: all of them are required";
        return error(argument, problem, help);
    }
    if name == "not" || name == "none" {
        return negation(kind, argument);
    }
    let help = match kind {
        Kind::RequiresAuth => login::HELP.to_owned(),
        _ => format!(
            "`any(…)` requires one of its {noun}s and `all(…)` requires each of them; all arguments \
             of the attribute are required"
        ),
    };
    error(argument, format!("unknown function: `{name}`"), help)
}

fn negation(kind: Kind, argument: &TokenStream) -> syn::Error {
    let problem = format!("a {} cannot be negated", kind.noun());
    let help = match kind {
        Kind::Requires => "write a rule that decides the opposite",
        _ => {
            "name what the caller must have; for anything else, write a rule and name it in \
             `#[requires(MyRule)]`"
        }
    };
    error(argument, problem, help)
}

/// Returns the error for `a || b`, `a and b`, and the like.
fn operators(kind: Kind, argument: &TokenStream) -> Option<syn::Error> {
    let mut operators = Vec::new();
    // The operands, and the whole with Rust's operators.
    let (mut operands, mut expression) = (vec![TokenStream::new()], TokenStream::new());
    // `a = 1 || 2` repeats the name of the claim.
    let (mut name, mut is_named) = (TokenStream::new(), false);
    let mut tokens = argument.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        if kind == Kind::RequiresClaim && !is_named {
            name.extend([token.clone()]);
            is_named = is_punct(&token, '=');
        }
        let Some(operator) = operator(&token) else {
            expression.extend([token.clone()]);
            if let Some(operand) = operands.last_mut() {
                operand.extend([token]);
            }
            continue;
        };
        // The second character of `||` or `&&`.
        if let TokenTree::Punct(punct) = &token {
            tokens.next_if(|next| is_punct(next, punct.as_char()));
        }
        expression.extend(operator.parse::<TokenStream>());
        operators.push(operator);
        operands.push(TokenStream::new());
    }
    let first = *operators.first()?;
    // At the beginning or the end, it is not an operator between two operands.
    if operands.iter().any(TokenStream::is_empty) {
        return None;
    }
    let noun = kind.noun();
    let expression = syn::parse2(expression).ok();
    let call = expression.as_ref().and_then(translated).or_else(|| {
        let is_uniform = operators.iter().all(|operator| *operator == first);
        let name = is_named.then_some(&name);
        is_uniform.then(|| call_of_operands(first, &operands, name))
    });
    let problem = format!("{noun}s cannot be combined with operators");
    let help = match call {
        Some(call) => format!("write `{call}`"),
        None => format!("write `any(…)` and `all(…)` around the {noun}s, separated by commas"),
    };
    Some(error(argument, problem, help))
}

/// Writes the operands as a call. A `name` with its `=` is put before each operand without one.
fn call_of_operands(
    operator: &str,
    operands: &[TokenStream],
    name: Option<&TokenStream>,
) -> String {
    let operands = operands.iter().map(|operand| {
        let mut tokens = operand.clone().into_iter();
        match name {
            Some(name) if !tokens.any(|token| is_punct(&token, '=')) => {
                format!("{} {}", text(name), text(operand))
            }
            _ => text(operand),
        }
    });
    let operands: Vec<_> = operands.collect();
    let name = if operator == "||" { "any" } else { "all" };
    format!("{name}({})", operands.join(", "))
}

/// Returns the operator that the token begins, as Rust writes it.
fn operator(token: &TokenTree) -> Option<&'static str> {
    match token {
        TokenTree::Punct(punct) if punct.as_char() == '|' => Some("||"),
        TokenTree::Punct(punct) if punct.as_char() == '&' => Some("&&"),
        TokenTree::Ident(word) if word == "or" => Some("||"),
        TokenTree::Ident(word) if word == "and" => Some("&&"),
        _ => None,
    }
}

/// Translates the expression into our notation, with the precedence that it has in Rust.
fn translated(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Binary(ExprBinary { op, .. }) => {
            let name = group_name(op)?;
            let mut operands = Vec::new();
            flatten(name, expression, &mut operands)?;
            Some(format!("{name}({})", operands.join(", ")))
        }
        Expr::Paren(inner) => translated(&inner.expr),
        Expr::Group(inner) => translated(&inner.expr),
        Expr::Lit(_) | Expr::Path(_) | Expr::Call(_) | Expr::Struct(_) => {
            Some(text(&expression.to_token_stream()))
        }
        _ => None,
    }
}

fn flatten(name: &str, expression: &Expr, operands: &mut Vec<String>) -> Option<()> {
    match expression {
        Expr::Binary(binary) if group_name(&binary.op)? == name => {
            flatten(name, &binary.left, operands)?;
            flatten(name, &binary.right, operands)
        }
        other => {
            operands.push(translated(other)?);
            Some(())
        }
    }
}

fn group_name(operator: &BinOp) -> Option<&'static str> {
    match operator {
        BinOp::Or(_) | BinOp::BitOr(_) => Some("any"),
        BinOp::And(_) | BinOp::BitAnd(_) => Some("all"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use crate::parse::tests::parsed;
    use crate::syntax::kind::Kind;

    #[test]
    fn operators_are_refused_with_their_meaning_in_rust() {
        for (args, help) in [
            (quote!("a" || "b"), r#"any(\"a\", \"b\")"#),
            (quote!("a" | B | c::C), r#"any(\"a\", B, c::C)"#),
            (quote!("a" && "b"), r#"all(\"a\", \"b\")"#),
            (
                quote!("a" || "b" && "c"),
                r#"any(\"a\", all(\"b\", \"c\"))"#,
            ),
            (
                quote!(("a" || "b") && "c"),
                r#"all(any(\"a\", \"b\"), \"c\")"#,
            ),
            (quote!(("a" || "b")), r#"any(\"a\", \"b\")"#),
            (
                quote!("a" or "b" and "c"),
                r#"any(\"a\", all(\"b\", \"c\"))"#,
            ),
            (quote!(any("x", "a" || "b")), r#"any(\"a\", \"b\")"#),
            (quote!("a" & "b" & "c"), r#"all(\"a\", \"b\", \"c\")"#),
        ] {
            let (_, errors) = parsed(Kind::RequiresScope, args);
            assert!(
                errors.contains("cannot be combined with operators"),
                "{errors}"
            );
            assert!(errors.contains(&format!("write `{help}`")), "{errors}");
        }
    }

    #[test]
    fn operators_between_claims_are_refused() {
        for (args, help) in [
            (quote!(a = 1 || b = 2 || c = 3), "any(a = 1, b = 2, c = 3)"),
            (quote!(a = 1 and b = 2), "all(a = 1, b = 2)"),
            (
                quote!(sub = "<id>" | "admin"),
                r#"any(sub = \"<id>\", sub = \"admin\")"#,
            ),
        ] {
            let (_, errors) = parsed(Kind::RequiresClaim, args);
            assert!(errors.contains(&format!("write `{help}`")), "{errors}");
        }
        let (_, errors) = parsed(Kind::RequiresClaim, quote!(a = 1 || b = 2 && c = 3));
        assert!(errors.contains("write `any(…)` and `all(…)`"), "{errors}");
    }
}
