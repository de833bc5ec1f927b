//! The arguments of `#[requires_auth]`: how the caller must have logged in (`max_age = seconds`,
//! `acr = "classes"`), and whether its token must be bound to a key (`sender_constrained`).

use proc_macro2::{Ident, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Lit, Token};

use super::literal::describe;
use super::names::parse_name;
use crate::diagnostics::error;
use crate::model::{Integer, What};
use crate::syntax::kind::Kind;
use crate::syntax::tokens::text;

pub(super) const HELP: &str = "its arguments are `max_age = 300`, the maximum number of seconds since the \
                               login, `acr = \"…\"`, the accepted authentication classes, and \
                               `sender_constrained`, a token that is bound to a key";

/// The flag for tokens that are bound to a key.
const SENDER_CONSTRAINED: &str = "sender_constrained";

/// Parses a requirement and returns it with the tokens of its value.
pub(super) fn login(argument: &TokenStream) -> syn::Result<(What, TokenStream)> {
    if syn::parse2::<Ident>(argument.clone()).is_ok_and(|flag| flag == SENDER_CONSTRAINED) {
        return Ok((What::SenderConstrained, argument.clone()));
    }
    let (name, value) = named
        .parse2(argument.clone())
        .map_err(|_| unknown(argument))?;
    if name == SENDER_CONSTRAINED {
        let problem = format!("`{SENDER_CONSTRAINED}` does not take a value");
        let help = format!("write `{SENDER_CONSTRAINED}` without a value");
        return Err(error(argument, problem, help));
    }
    let what = match &*name.to_string() {
        "max_age" => max_age(&value)?,
        "acr" => acr(&value)?,
        _ => return Err(unknown(argument)),
    };
    Ok((what, value))
}

fn named(input: ParseStream<'_>) -> syn::Result<(Ident, TokenStream)> {
    let name = input.parse()?;
    input.parse::<Token![=]>()?;
    Ok((name, input.parse()?))
}

fn max_age(value: &TokenStream) -> syn::Result<What> {
    const EXPECTED: &str = "`max_age` must be a number of seconds";

    let integer = |input: ParseStream<'_>| -> syn::Result<Integer> {
        Ok(Integer {
            minus: input.parse()?,
            digits: input.parse()?,
        })
    };
    if let Ok(integer) = integer.parse2(value.clone())
        && integer.digits.suffix().is_empty()
    {
        return Ok(What::MaxAge(integer));
    }
    let problem = match syn::parse2::<Lit>(value.clone()) {
        Ok(Lit::Int(digits)) => {
            let problem = format!("{EXPECTED}, without `{}`", digits.suffix());
            return Err(error(
                value,
                problem,
                format!("write `max_age = {}`", digits.base10_digits()),
            ));
        }
        Ok(literal) => format!("{EXPECTED}, not {}", describe(&literal)),
        Err(_) => EXPECTED.to_owned(),
    };
    Err(error(
        value,
        problem,
        "write an integer, as in `max_age = 300`",
    ))
}

fn acr(value: &TokenStream) -> syn::Result<What> {
    if let Some(classes) = parse_name(value) {
        return Ok(What::Acr(classes));
    }
    let problem = "`acr` must be a string literal or the path of a constant";
    let help = "name the accepted authentication classes, separated by spaces: \
                `acr = \"urn:example:mfa\"`";
    Err(error(value, problem, help))
}

fn unknown(argument: &TokenStream) -> syn::Error {
    let kind = Kind::RequiresAuth;
    let name = syn::parse2::<Ident>(argument.clone()).ok();
    let named = named.parse2(argument.clone());
    let word = named.as_ref().ok().map(|(name, _)| name);
    if name
        .as_ref()
        .or(word)
        .is_some_and(|word| word == "optional")
    {
        let help = "write `#[public]`, and let the handler take `OptionalToken<'_>`, which refuses invalid \
                    tokens";
        return error(argument, format!("`{kind}` cannot be optional"), help);
    }
    if let Some(name) = name.filter(|name| name == "max_age" || name == "acr") {
        return error(argument, format!("expected a value for `{name}`"), HELP);
    }
    if parse_name(argument).is_some() {
        let scope = text(argument);
        let help = format!("to require a scope, write `#[requires_scope({scope})]`");
        return error(argument, format!("`{kind}` does not take scopes"), help);
    }
    let problem = match named {
        Ok((name, value)) if Kind::from_noun(&name).is_some() => {
            let help = format!("write `#[requires_{name}({})]`", text(&value));
            return error(argument, format!("`{kind}` does not take `{name}`"), help);
        }
        Ok((name, _)) => format!("unknown argument of `{kind}`: `{name}`"),
        Err(_) => format!("expected an argument of `{kind}`"),
    };
    error(argument, problem, HELP)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use crate::parse::tests::parsed;
    use crate::syntax::kind::Kind;

    #[test]
    fn an_age_and_classes_are_arguments() {
        let args = quote!(
            max_age = 3_600,
            acr = "a b",
            acr = classes::MFA,
            sender_constrained
        );
        let (found, errors) = parsed(Kind::RequiresAuth, args);
        let expected = ["3_600", r#""a b""#, "classes::MFA", "sender_constrained"];
        assert_eq!(found, expected);
        assert_eq!(errors, "");
    }

    #[test]
    fn anything_else_is_reported() {
        for (argument, message) in [
            (quote!("a"), r#"#[requires_scope(\"a\")]"#),
            (quote!(READ), "#[requires_scope(READ)]"),
            (
                quote!(optional = true),
                "`#[requires_auth]` cannot be optional",
            ),
            (quote!(optional), "`#[requires_auth]` cannot be optional"),
            (
                quote!(maxage = 300),
                "unknown argument of `#[requires_auth]`: `maxage`",
            ),
            (quote!(scope = "x"), r#"write `#[requires_scope(\"x\")]`"#),
            (quote!(max_age), "expected a value for `max_age`"),
            (
                quote!(sender_constrained = true),
                "`sender_constrained` does not take a value",
            ),
            (quote!(max_age = "5m"), "not a string"),
            (quote!(max_age = 300s), "without `s`"),
            (quote!(max_age = 1.5), "not a float"),
            (quote!(max_age = HOUR), "must be a number of seconds"),
            (quote!(acr = 5), "`acr` must be a string literal"),
            (quote!(any(max_age = 5)), "does not support `any(…)`"),
        ] {
            let (_, errors) = parsed(Kind::RequiresAuth, argument);
            assert!(errors.contains(message), "{message} not in {errors}");
        }
    }
}
