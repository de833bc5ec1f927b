//! Claims: `name = literal`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Lit, LitStr, Token};

use super::describe;
use crate::diagnostics::error;
use crate::requirement::{Claim, Integer, Requirement, Value};
use crate::text;

const HELP: &str = "write `org_id = \"acme\"`, with a string, an integer or a boolean; a name that \
                    is no identifier stands in quotes";

pub(super) fn claim(argument: &TokenStream) -> syn::Result<Requirement> {
    let (written, value) = halves(argument)?;
    let name = claim_name(&written)?;
    let written = text::of(&written);
    let value = (|input: ParseStream<'_>| claim_value(input, &written)).parse2(value)?;
    Ok(Requirement::Claim(Claim {
        name,
        value,
        source: argument.clone(),
    }))
}

/// What stands before and after the `=`.
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
        let is_path = sign == ':' && next == Some(':') || text::of(&before).ends_with(':');
        if matches!(sign, '=' | '!' | '<' | '>') && next == Some('=')
            || matches!(sign, '<' | '>')
            || sign == ':' && !is_path
        {
            let operator: String = [Some(sign), next.filter(|next| *next == '=')]
                .into_iter()
                .flatten()
                .collect();
            let problem = format!("a claim is compared by `=`, not by `{operator}`");
            let help = match sign {
                '=' | ':' => "write `=`",
                _ => "for any other comparison, write a rule and name it in `#[requires(MyRule)]`",
            };
            let second = next.filter(|next| *next == '=').and_then(|_| rest.next());
            return Err(error(quote!(#token #second), problem, help));
        }
        if sign != '=' {
            before.extend([token]);
            continue;
        }
        if before.is_empty() {
            return Err(error(
                token,
                "expected the name of a claim before `=`",
                HELP,
            ));
        }
        if next.is_none() && rest.peek().is_none() {
            let problem = format!("expected a value for the claim `{}`", text::of(&before));
            return Err(error(argument, problem, HELP));
        }
        return Ok((before, rest.collect()));
    }
    Err(without_value(argument))
}

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
            let problem = format!("the name of a claim cannot be {}", describe(&literal));
            return Err(error(tokens, problem, HELP));
        }
        Err(_) => {}
    }

    let text = text::of(tokens).replace(' ', "");
    let is_word = |part: &&str| syn::parse_str::<Ident>(part).is_ok();
    let help = if text.split('-').all(|part| is_word(&part)) {
        format!("a name that is no identifier stands in quotes: `{text:?}`")
    } else if text
        .replace("::", ".")
        .split('.')
        .all(|part| is_word(&part))
    {
        let pointer = text.replace("::", ".").replace('.', "/");
        format!("a claim within a claim is a JSON pointer: `\"/{pointer}\"`")
    } else {
        HELP.to_owned()
    };
    Err(error(tokens, "expected the name of a claim", help))
}

fn claim_value(input: ParseStream<'_>, name: &str) -> syn::Result<Value> {
    const EXPECTED: &str = "the value of a claim is a string, an integer or a boolean";

    let all: TokenStream = input.fork().parse()?;
    let minus: Option<Token![-]> = input.parse()?;
    let literal: Option<Lit> = if input.peek(Lit) {
        Some(input.parse()?)
    } else {
        None
    };
    let rest: TokenStream = input.parse()?;
    let Some(literal) = literal else {
        let text = text::of(&all);
        let help = if text == "null" || text == "None" {
            "a claim cannot be required to be absent; write a rule and name it in \
             `#[requires(MyRule)]`"
                .to_owned()
        } else if text.starts_with('[') {
            format!(
                "a claim that is a list is met if it holds the value; for one of several values, \
                 write `any({name} = …, {name} = …)`"
            )
        } else {
            "write the value itself: a constant cannot stand here".to_owned()
        };
        return Err(error(all, EXPECTED, help));
    };
    if !rest.is_empty() {
        let help = "a claim has one value; separate claims by commas";
        return Err(error(
            rest,
            "expected `,` after the value of the claim",
            help,
        ));
    }
    let suffix = literal.suffix().to_owned();
    match literal {
        Lit::Float(float) => {
            let help = "floats are not compared for equality; write a rule and name it in \
                        `#[requires(MyRule)]`";
            Err(error(float, format!("{EXPECTED}, not a float"), help))
        }
        _ if !suffix.is_empty() => {
            let problem = "the value of a claim cannot have a suffix";
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

#[cfg(test)]
mod tests {
    use super::super::tests::parsed;
    use super::*;
    use crate::attr::Kind;

    #[test]
    fn claims_have_names_of_every_kind_and_values_of_three() {
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
                any(a = 1, all(b = "<id>", c = false)),
            ),
        );
        assert_eq!(
            claims,
            [
                r#"org_id = "acme""#,
                "level = -5",
                "level = 16",
                r#"type = "at+jwt""#,
                "match = true",
                r#"https://example.com/tenant = "acme""#,
                r#"/realm_access/region = "eu""#,
                r#"any(a = 1, all(b = "<id>", c = false))"#,
            ]
        );
        assert_eq!(errors, "");
    }

    #[test]
    fn what_is_no_claim_is_reported() {
        for (argument, message) in [
            (quote!(org_id), "expected a value for the claim `org_id`"),
            (quote!("org_id"), "expected a claim and its value"),
            (quote!(= 5), "expected the name of a claim before `=`"),
            (quote!(a =), "expected a value for the claim `a`"),
            (quote!(a == 5), "not by `==`"),
            (quote!(a: 5), "not by `:`"),
            (quote!(a >= 5), "not by `>=`"),
            (quote!(a < 5), "not by `<`"),
            (quote!(a != 5), "not by `!=`"),
            (quote!(org - id = 5), r#"in quotes: `\"org-id\"`"#),
            (quote!(a.b = 5), r#"pointer: `\"/a/b\"`"#),
            (quote!(a::b = 5), r#"pointer: `\"/a/b\"`"#),
            (quote!(5 = 5), "cannot be an integer"),
            (quote!(a = 1.5), "not a float"),
            (quote!(a = null), "required to be absent"),
            (quote!(a = ["b"]), "holds the value"),
            (quote!(a = b"c"), "not a byte string"),
            (quote!(a = 'c'), "not a character"),
            (quote!(a = C), "a constant cannot stand here"),
            (quote!(a = 5i64), "cannot have a suffix"),
            (quote!(a = -"b"), "after `-`"),
            (quote!(a = "b" "c"), "expected `,`"),
        ] {
            let (claims, errors) = parsed(Kind::RequiresClaim, argument);
            assert!(claims.is_empty());
            assert!(errors.contains(message), "{message} not in {errors}");
            assert_eq!(errors.matches("compile_error").count(), 1, "{errors}");
        }
    }
}
