//! Claims: `name = literal`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Lit, LitStr, Token};

use super::arguments::{Call, Flag};
use super::literal::describe;
use crate::diagnostics::error;
use crate::model::{Claim, Integer, Value, What};
use crate::syntax::route;
use crate::syntax::tokens::{split_at_commas, text};

const HELP: &str = "write `org_id = \"acme\"`, where the value is a string, an integer or a boolean; put \
                    a name that is not an identifier in quotes";

/// Parses a claim and the value that it must have.
pub(super) fn claim(argument: &TokenStream) -> syn::Result<What> {
    let (written, value) = halves(argument)?;
    if let Some(flag) = Flag::parse(&written) {
        let flag = flag.name();
        let help = format!(
            "write `{flag}` without a value, as the last argument; put the name of a claim that is called \
             so in quotes"
        );
        return Err(error(
            argument,
            format!("`{flag}` does not take a value"),
            help,
        ));
    }
    let name = claim_name(&written)?;
    let written = text(&written);
    let value = (|input: ParseStream<'_>| claim_value(input, &written)).parse2(value)?;
    Ok(What::Claim(Claim { name, value }))
}

/// Returns the tokens before and after the `=`.
fn halves(argument: &TokenStream) -> syn::Result<(TokenStream, TokenStream)> {
    let mut before = TokenStream::new();
    let mut rest = argument.clone().into_iter().peekable();
    while let Some(token) = rest.next() {
        let TokenTree::Punct(punct) = &token else {
            before.extend([token]);
            continue;
        };
        let sign = punct.as_char();
        let next = match rest.peek() {
            Some(TokenTree::Punct(next)) => Some(next.as_char()),
            _ => None,
        };
        let is_path = sign == ':' && next == Some(':') || text(&before).ends_with(':');
        let is_followed_by_equals = next == Some('=');
        if matches!(sign, '=' | '!') && is_followed_by_equals
            || matches!(sign, '<' | '>')
            || sign == ':' && !is_path
        {
            let second = rest.next_if(|_| is_followed_by_equals);
            return Err(wrong_operator(sign, &quote!(#token #second)));
        }
        if sign != '=' {
            before.extend([token]);
            continue;
        }
        if before.is_empty() {
            return Err(error(token, "expected a claim name before `=`", HELP));
        }
        if next.is_none() && rest.peek().is_none() {
            let problem = format!("expected a value for the claim `{}`", text(&before));
            return Err(error(argument, problem, HELP));
        }
        return Ok((before, rest.collect()));
    }
    Err(without_value(argument))
}

/// Creates the error for an operator that begins with `sign`.
fn wrong_operator(sign: char, operator: &TokenStream) -> syn::Error {
    let written: String = operator
        .clone()
        .into_iter()
        .map(|token| token.to_string())
        .collect();
    let problem = format!("claims are compared with `=`, not with `{written}`");
    let help = match sign {
        '=' | ':' => "write `=`",
        _ => "for any other comparison, write a rule and name it in `#[requires(MyRule)]`",
    };
    error(operator, problem, help)
}

/// Creates the error for an argument without a `=`.
fn without_value(argument: &TokenStream) -> syn::Error {
    if let Ok(name) = Ident::parse_any.parse2(argument.clone()) {
        let problem = format!("expected a value for the claim `{name}`");
        let help = format!("write `{name} = \"…\"`, or `{name} = true`");
        return error(argument, problem, help);
    }
    error(argument, "expected a claim and its value", HELP)
}

fn claim_name(tokens: &TokenStream) -> syn::Result<LitStr> {
    if let Ok(name) = Ident::parse_any.parse2(tokens.clone()) {
        return Ok(LitStr::new(&name.unraw().to_string(), name.span()));
    }
    match syn::parse2::<Lit>(tokens.clone()) {
        Ok(Lit::Str(name)) if name.suffix().is_empty() => return Ok(name),
        Ok(literal) => {
            let problem = format!("a claim name cannot be {}", describe(&literal));
            return Err(error(tokens, problem, HELP));
        }
        Err(_) => {}
    }

    let name = text(tokens).replace(' ', "");
    let is_word = |part: &&str| syn::parse_str::<Ident>(part).is_ok();
    let help = if name.split('-').all(|part| is_word(&part)) {
        format!("put a name that is not an identifier in quotes: `{name:?}`")
    } else if name
        .replace("::", ".")
        .split('.')
        .all(|part| is_word(&part))
    {
        let pointer = name.replace("::", ".").replace('.', "/");
        format!("to reach a claim inside another claim, write a JSON pointer: `\"/{pointer}\"`")
    } else {
        HELP.to_owned()
    };
    Err(error(tokens, "expected a claim name", help))
}

fn claim_value(input: ParseStream<'_>, name: &str) -> syn::Result<Value> {
    const EXPECTED: &str = "a claim value must be a string, an integer or a boolean";

    let all: TokenStream = input.fork().parse()?;
    let minus: Option<Token![-]> = input.parse()?;
    let literal: Option<Lit> = if input.peek(Lit) {
        Some(input.parse()?)
    } else {
        None
    };
    let rest: TokenStream = input.parse()?;
    let Some(literal) = literal else {
        let help = instead_of(&all, name);
        return Err(error(all, EXPECTED, help));
    };
    if !rest.is_empty() {
        let help = "a claim has one value; separate claims with commas";
        return Err(error(rest, "expected `,` after the claim value", help));
    }
    let suffix = literal.suffix().to_owned();
    match literal {
        Lit::Float(float) => {
            let help = "floats cannot be compared for equality; write a rule and name it in \
                        `#[requires(MyRule)]`";
            Err(error(float, format!("{EXPECTED}, not a float"), help))
        }
        _ if !suffix.is_empty() => {
            let problem = "a claim value cannot have a suffix";
            Err(error(literal, problem, format!("remove `{suffix}`")))
        }
        Lit::Int(digits) => Ok(Value::Integer(Integer { minus, digits })),
        literal if minus.is_some() => {
            let problem = format!(
                "expected an integer after `-`, found {}",
                describe(&literal)
            );
            Err(error(all, problem, "remove the `-`"))
        }
        Lit::Str(text) => Ok(Value::Text(text)),
        Lit::Bool(value) => Ok(Value::Bool(value)),
        literal => {
            let problem = format!("{EXPECTED}, not {}", describe(&literal));
            Err(error(literal, problem, "write a string, as in `\"acme\"`"))
        }
    }
}

/// Returns what to write instead of a value that is not a literal.
fn instead_of(value: &TokenStream, name: &str) -> String {
    let written = text(value);
    if written == "null" || written == "None" {
        "a claim cannot be required to be absent; write a rule and name it in `#[requires(MyRule)]`"
            .to_owned()
    } else if written.starts_with('[') {
        format!(
            "a claim that is a list matches if it contains the value; to accept one of several \
             values, write `any({name} = …, {name} = …)`"
        )
    } else if let Some(group) = Call::parse(value).filter(Call::is_group) {
        let values = split_at_commas(group.arguments.stream());
        let values: Vec<_> = values
            .iter()
            .map(|value| format!("{name} = {}", text(value)))
            .collect();
        format!("write `{}({})`", group.name, values.join(", "))
    } else if let Some(parameter) = written.trim_matches(['<', '>']).split_whitespace().next()
        && parameter.starts_with(char::is_lowercase)
        && route::is_name(parameter)
    {
        format!(
            "write the value itself, because constants are not supported here; for the parameter \
             of the route, write `{name} = \"<{parameter}>\"`"
        )
    } else {
        "write the value itself: constants are not supported here".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::tests::parsed;
    use crate::syntax::kind::Kind;

    #[test]
    fn a_claim_has_a_name_of_any_kind_and_a_value_of_one_of_three() {
        let (claims, errors) = parsed(
            Kind::RequiresClaim,
            quote!(
                org_id = "acme",
                level = -5,
                level = 0x10,
                type = "at+jwt",
                r#match = true,
                "https://example.com/tenant" = "acme",
                "/realm_access/region" = "eu",
                "not_found" = true,
                any(a = 1, all(b = "<id>", c = false)),
            ),
        );
        assert_eq!(
            claims,
            [
                r#"org_id = "acme""#,
                "level = -5",
                "level = 0x10",
                r#"type = "at+jwt""#,
                "r#match = true",
                r#""https://example.com/tenant" = "acme""#,
                r#""/realm_access/region" = "eu""#,
                r#""not_found" = true"#,
                r#"any(a = 1, all(b = "<id>", c = false))"#,
            ]
        );
        assert_eq!(errors, "");
    }

    #[test]
    fn anything_else_is_reported() {
        for (argument, message) in [
            (quote!(org_id), "expected a value for the claim `org_id`"),
            (quote!("org_id"), "expected a claim and its value"),
            (quote!(= 5), "expected a claim name before `=`"),
            (quote!(a =), "expected a value for the claim `a`"),
            (quote!(a == 5), "not with `==`"),
            (quote!(a: 5), "not with `:`"),
            (quote!(a >= 5), "not with `>=`"),
            (quote!(a < 5), "not with `<`"),
            (quote!(a != 5), "not with `!=`"),
            (quote!(org - id = 5), r#"in quotes: `\"org-id\"`"#),
            (quote!(a.b = 5), r#"pointer: `\"/a/b\"`"#),
            (quote!(a::b = 5), r#"pointer: `\"/a/b\"`"#),
            (quote!(5 = 5), "cannot be an integer"),
            (quote!(a = 1.5), "not a float"),
            (quote!(a = null), "required to be absent"),
            (quote!(a = ["b"]), "contains the value"),
            (quote!(a = b"c"), "not a byte string"),
            (quote!(a = 'c'), "not a character"),
            (quote!(a = C), "constants are not supported here"),
            (quote!(a = 5i64), "cannot have a suffix"),
            (quote!(a = -"b"), "after `-`"),
            (quote!(a = "b" "c"), "expected `,`"),
            (
                quote!(not_found = true),
                "`not_found` does not take a value",
            ),
            (
                quote!(report_only = true),
                "`report_only` does not take a value",
            ),
        ] {
            let (claims, errors) = parsed(Kind::RequiresClaim, argument);
            assert!(claims.is_empty());
            assert!(errors.contains(message), "{message} not in {errors}");
            assert_eq!(errors.matches("compile_error").count(), 1, "{errors}");
        }
    }
}
