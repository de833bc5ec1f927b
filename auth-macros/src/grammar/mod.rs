//! The grammar of the attributes' arguments: what they have in common.

mod claims;
mod login;
mod names;
mod rules;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{BinOp, Expr, ExprBinary, Lit};

use crate::attr::{Attr, Kind};
use crate::diagnostics::{Errors, error};
use crate::requirement::Requirement;
use crate::text;

/// What ends the arguments of an attribute, and holds for all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flag {
    NotFound,
    ReportOnly,
}

/// What an attribute asks for. Each argument that is wrong is reported.
pub(crate) fn requirements(attr: &Attr, errors: &mut Errors) -> Vec<Requirement> {
    let mut arguments = arguments(attr.kind, &attr.args, errors);
    let flags = take_flags(attr.kind, &mut arguments, errors);
    if arguments.is_empty() && attr.kind != Kind::RequiresAuth {
        errors.push(nothing_named(attr));
    }

    let mut found = each(attr.kind, arguments, errors);
    if flags.contains(&Flag::NotFound) {
        found = vec![Requirement::NotFound(found)];
    }
    if flags.contains(&Flag::ReportOnly) {
        found = vec![Requirement::ReportOnly(found)];
    }
    found
}

fn each(kind: Kind, arguments: Vec<TokenStream>, errors: &mut Errors) -> Vec<Requirement> {
    let each = arguments
        .into_iter()
        .map(|argument| match Call::of(&argument) {
            Some(call) if call.is_group() && kind != Kind::RequiresAuth => {
                let inner = inner(kind, &call, errors);
                Some(if call.name == "any" {
                    Requirement::Any(call.tokens(), inner)
                } else {
                    Requirement::All(call.tokens(), inner)
                })
            }
            Some(call) if kind == Kind::Requires => match Kind::mixed(&call.name) {
                Some(kind) => {
                    let inner = inner(kind, &call, errors);
                    Some(Requirement::OfKind(call.tokens(), kind, inner))
                }
                None => one(kind, argument, errors),
            },
            _ => one(kind, argument, errors),
        });
    each.flatten().collect()
}

/// What stands in the parentheses.
fn inner(kind: Kind, call: &Call, errors: &mut Errors) -> Vec<Requirement> {
    let arguments = arguments(kind, &call.arguments.stream(), errors);
    if arguments.is_empty() {
        let name = &call.name;
        let problem = format!("`{name}()` names no {}", kind.noun());
        let help = format!("name at least one, as in `{name}({})`", kind.example());
        errors.push(error(call.tokens(), problem, help));
    }
    each(kind, arguments, errors)
}

fn one(kind: Kind, argument: TokenStream, errors: &mut Errors) -> Option<Requirement> {
    if let Some(flag) = Flag::of(&argument) {
        let problem = format!(
            "`{}` must be the last argument of the attribute",
            flag.name()
        );
        let help = "move it to the end: it holds for all that the attribute requires";
        errors.push(error(argument, problem, help));
        return None;
    }
    let parsed = match kind {
        // Takes none, which has been checked.
        Kind::Public => return None,
        Kind::Requires => rules::rule(&argument),
        Kind::RequiresAuth => login::login(&argument),
        Kind::RequiresClaim => claims::claim(&argument),
        Kind::RequiresPermission => names::name(kind, &argument).map(Requirement::Permission),
        Kind::RequiresRole => names::name(kind, &argument).map(Requirement::Role),
        Kind::RequiresScope => names::name(kind, &argument).map(Requirement::Scope),
    };
    match parsed {
        Ok(requirement) => Some(requirement),
        Err(error) => {
            errors.push(combined_wrongly(kind, &argument).unwrap_or(error));
            None
        }
    }
}

/// What stands between the commas.
fn arguments(kind: Kind, args: &TokenStream, errors: &mut Errors) -> Vec<TokenStream> {
    let mut arguments = Vec::new();
    let mut current = TokenStream::new();
    // The commas in `MyRule::<A, B>` separate no rules. Nothing else that is right has a `<`.
    let mut depth = 0_usize;
    for token in args.clone() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '<' && kind == Kind::Requires => {
                depth += 1;
            }
            TokenTree::Punct(punct) if punct.as_char() == '>' => depth = depth.saturating_sub(1),
            TokenTree::Punct(comma) if comma.as_char() == ',' && depth == 0 => {
                if current.is_empty() {
                    let problem = format!("there is no {} before this `,`", kind.noun());
                    errors.push(error(comma, problem, "remove this comma"));
                } else {
                    arguments.push(written(std::mem::take(&mut current)));
                }
                continue;
            }
            _ => {}
        }
        current.extend([token]);
    }
    if !current.is_empty() {
        arguments.push(written(current));
    }
    arguments
}

/// An argument that a `macro_rules!` macro was given stands in a group without delimiters.
fn written(argument: TokenStream) -> TokenStream {
    let mut tokens = argument.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            written(group.stream())
        }
        _ => argument,
    }
}

/// Takes the flags off the end.
fn take_flags(kind: Kind, arguments: &mut Vec<TokenStream>, errors: &mut Errors) -> Vec<Flag> {
    let mut flags = Vec::new();
    while let Some(flag) = arguments.last().and_then(Flag::of) {
        let Some(place) = arguments.pop() else { break };
        if kind == Kind::RequiresAuth {
            let problem = format!("`{}` is not possible on `{kind}`", flag.name());
            let help = match flag {
                Flag::NotFound => "remove it: who is not logged in is told so",
                Flag::ReportOnly => {
                    "remove it: authentication is never report-only; where a token is optional, \
                     use `#[public]`"
                }
            };
            errors.push(error(place, problem, help));
        } else if flags.contains(&flag) {
            let problem = format!("`{}` is written twice", flag.name());
            errors.push(error(place, problem, "remove one of the two"));
        } else {
            flags.push(flag);
        }
    }
    flags
}

impl Flag {
    fn of(argument: &TokenStream) -> Option<Self> {
        let name: Ident = syn::parse2(argument.clone()).ok()?;
        [Self::NotFound, Self::ReportOnly]
            .into_iter()
            .find(|flag| name == flag.name())
    }

    fn name(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::ReportOnly => "report_only",
        }
    }
}

/// `name(…)`.
struct Call {
    name: Ident,
    arguments: Group,
}

impl Call {
    fn of(argument: &TokenStream) -> Option<Self> {
        let mut tokens = argument.clone().into_iter();
        match (tokens.next()?, tokens.next()?, tokens.next()) {
            (TokenTree::Ident(name), TokenTree::Group(arguments), None)
                if arguments.delimiter() == Delimiter::Parenthesis =>
            {
                Some(Self { name, arguments })
            }
            _ => None,
        }
    }

    fn is_group(&self) -> bool {
        self.name == "any" || self.name == "all"
    }

    fn tokens(&self) -> TokenStream {
        let (name, arguments) = (&self.name, &self.arguments);
        quote!(#name #arguments)
    }
}

fn nothing_named(attr: &Attr) -> syn::Error {
    let (kind, noun) = (attr.kind, attr.kind.noun());
    let example = format!("#[{}({})]", kind.name(), kind.example());
    let help = match kind {
        Kind::Requires => format!("name the rule that a request must meet, as in `{example}`"),
        _ => format!(
            "name the {noun}s that a token must carry, as in `{example}`; to accept any valid \
             token, use `#[requires_auth]`"
        ),
    };
    error(&attr.place, format!("`{kind}` names no {noun}"), help)
}

/// What stands in place of `any(…)` and `all(…)`, if that is what is wrong: operators, lists in
/// brackets, unknown functions. None of them is taken, as their precedence is easily misread.
fn combined_wrongly(kind: Kind, argument: &TokenStream) -> Option<syn::Error> {
    if let Some(call) = Call::of(argument)
        && kind != Kind::Requires
    {
        let (name, noun) = (&call.name, kind.noun());
        if kind == Kind::RequiresAuth && call.is_group() {
            let problem = format!("`{name}(…)` is not possible in `{kind}`");
            let help = "write its arguments alone: they are all required";
            return Some(error(argument, problem, help));
        }
        if name == "not" || name == "none" {
            return Some(negated(kind, argument));
        }
        let problem = format!("unknown function: `{name}`");
        let help = match kind {
            Kind::RequiresAuth => login::HELP.to_owned(),
            _ => format!(
                "`any(…)` requires one of its {noun}s, `all(…)` each of them; the arguments of the \
                 attribute are all required"
            ),
        };
        return Some(error(argument, problem, help));
    }

    let mut tokens = argument.clone().into_iter();
    let (first, second) = (tokens.next()?, tokens.next());
    if let (TokenTree::Group(list), None) = (&first, &second) {
        let inner = list.stream();
        if let Some(error) = operators(kind, &inner) {
            return Some(error);
        }
        let inner = text::of(&inner);
        let problem = "a list in brackets does not say whether one or all of it is required";
        let help = format!("write `any({inner})` or `all({inner})`");
        return match list.delimiter() {
            Delimiter::Parenthesis | Delimiter::Bracket => Some(error(argument, problem, help)),
            _ => None,
        };
    }
    let is_negation = match first {
        TokenTree::Punct(punct) => punct.as_char() == '!',
        TokenTree::Ident(word) => word == "not" && second.is_some(),
        _ => false,
    };
    if is_negation {
        return Some(negated(kind, argument));
    }
    operators(kind, argument)
}

fn negated(kind: Kind, argument: &TokenStream) -> syn::Error {
    let problem = format!("a {} cannot be negated", kind.noun());
    let help = match kind {
        Kind::Requires => "write a rule that says the opposite",
        _ => {
            "name what the caller must have; for anything else, write a rule and name it in \
              `#[requires(MyRule)]`"
        }
    };
    error(argument, problem, help)
}

/// For `a || b`, `a and b`, and the like.
fn operators(kind: Kind, argument: &TokenStream) -> Option<syn::Error> {
    let mut found = Vec::new();
    let (mut parts, mut in_symbols) = (vec![TokenStream::new()], TokenStream::new());
    let mut tokens = argument.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let Some(symbol) = symbol(&token) else {
            in_symbols.extend([token.clone()]);
            if let Some(part) = parts.last_mut() {
                part.extend([token]);
            }
            continue;
        };
        // The second of a pair.
        if matches!(token, TokenTree::Punct(_)) {
            tokens.next_if(|next| {
                matches!(next, TokenTree::Punct(_)) && self::symbol(next) == Some(symbol)
            });
        }
        in_symbols.extend(symbol.parse::<TokenStream>());
        found.push(symbol);
        parts.push(TokenStream::new());
    }
    let first = *found.first()?;
    // Where it begins or ends the argument, it is no operator between two.
    if parts.iter().any(TokenStream::is_empty) {
        return None;
    }
    let noun = kind.noun();
    let call = match syn::parse2(in_symbols).ok().as_ref().and_then(translated) {
        Some(call) => Some(call),
        None if found.iter().all(|symbol| *symbol == first) => {
            let parts: Vec<_> = parts.iter().map(text::of).collect();
            let name = if first == "||" { "any" } else { "all" };
            Some(format!("{name}({})", parts.join(", ")))
        }
        None => None,
    };
    let problem = format!("{noun}s are not combined by operators");
    let help = match call {
        Some(call) => format!("write `{call}`"),
        None => format!("write `any(…)` and `all(…)` around the {noun}s, separated by commas"),
    };
    Some(error(argument, problem, help))
}

fn symbol(token: &TokenTree) -> Option<&'static str> {
    match token {
        TokenTree::Punct(punct) if punct.as_char() == '|' => Some("||"),
        TokenTree::Punct(punct) if punct.as_char() == '&' => Some("&&"),
        TokenTree::Ident(word) if word == "or" => Some("||"),
        TokenTree::Ident(word) if word == "and" => Some("&&"),
        _ => None,
    }
}

/// The expression in our words, with the precedence that it has in Rust.
fn translated(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Binary(ExprBinary { op, .. }) => {
            let name = function(op)?;
            let mut parts = Vec::new();
            flatten(name, expression, &mut parts)?;
            Some(format!("{name}({})", parts.join(", ")))
        }
        Expr::Paren(inner) => translated(&inner.expr),
        Expr::Group(inner) => translated(&inner.expr),
        Expr::Lit(_) | Expr::Path(_) | Expr::Call(_) | Expr::Struct(_) => {
            Some(text::of(&expression.to_token_stream()))
        }
        _ => None,
    }
}

fn flatten(name: &str, expression: &Expr, parts: &mut Vec<String>) -> Option<()> {
    match expression {
        Expr::Binary(binary) if function(&binary.op)? == name => {
            flatten(name, &binary.left, parts)?;
            flatten(name, &binary.right, parts)
        }
        other => {
            parts.push(translated(other)?);
            Some(())
        }
    }
}

fn function(operator: &BinOp) -> Option<&'static str> {
    match operator {
        BinOp::Or(_) | BinOp::BitOr(_) => Some("any"),
        BinOp::And(_) | BinOp::BitAnd(_) => Some("all"),
        _ => None,
    }
}

fn describe(literal: &Lit) -> &'static str {
    match literal {
        Lit::Str(_) => "a string",
        Lit::ByteStr(_) => "a byte string",
        Lit::CStr(_) => "a C string",
        Lit::Byte(_) => "a byte",
        Lit::Char(_) => "a character",
        Lit::Int(_) => "an integer",
        Lit::Float(_) => "a float",
        Lit::Bool(_) => "a boolean",
        _ => "another literal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was understood, and what was said of the rest.
    pub(super) fn parsed(kind: Kind, args: TokenStream) -> (Vec<String>, String) {
        let mut errors = Errors::default();
        let found = requirements(&Attr::outermost(kind, args), &mut errors);
        let found = found.iter().map(Requirement::text).collect();
        (found, errors.to_token_stream().to_string())
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
                r#"any("b", all(c::C, any(all("d"))))"#,
                r#"all("e")"#
            ]
        );
        assert_eq!(errors, "");
    }

    #[test]
    fn flags_hold_for_the_whole_attribute() {
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
            assert!(errors.contains("not combined by operators"), "{errors}");
            assert!(errors.contains(&format!("write `{help}`")), "{errors}");
        }
    }

    #[test]
    fn operators_between_claims_are_refused() {
        for (args, help) in [
            (quote!(a = 1 || b = 2 || c = 3), "any(a = 1, b = 2, c = 3)"),
            (quote!(a = 1 and b = 2), "all(a = 1, b = 2)"),
        ] {
            let (_, errors) = parsed(Kind::RequiresClaim, args);
            assert!(errors.contains(&format!("write `{help}`")), "{errors}");
        }
        let (_, errors) = parsed(Kind::RequiresClaim, quote!(a = 1 || b = 2 && c = 3));
        assert!(errors.contains("write `any(…)` and `all(…)`"), "{errors}");
    }

    #[test]
    fn the_commas_of_a_generic_rule_separate_no_rules() {
        let (found, errors) = parsed(Kind::Requires, quote!(MyRule::<A, B>::new(1), Other));
        assert_eq!(found, ["MyRule::<A, B>::new(1)", "Other"]);
        assert_eq!(errors, "");
    }
}
