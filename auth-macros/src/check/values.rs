//! Checks values in any position: scopes, names, claims and ages.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::LitStr;

use super::parameters::trailing;
use crate::diagnostics::{Errors, error};
use crate::model::{Claim, Integer, Name, Requirement, Value, What};
use crate::syntax::route;

/// Requires each value in the requirement to be valid, without regard to the others.
pub(crate) fn require_valid(requirement: &Requirement, errors: &mut Errors) {
    let valid = match &requirement.what {
        What::Scope(Name::Literal(scope)) => require_plain_scope(scope),
        What::Permission(Name::Literal(name)) | What::Role(Name::Literal(name)) => {
            require_not_empty(name, requirement.noun())
        }
        What::Acr(Name::Literal(classes)) => require_classes(classes),
        What::MaxAge(seconds) => require_age(seconds),
        What::Claim(claim) => require_valid_claim(claim, &requirement.source),
        _ => Ok(()),
    };
    if let Err(error) = valid {
        errors.push(error);
    }
    for inner in requirement.inner() {
        require_valid(inner, errors);
    }
}

/// Requires the grammar of RFC 6749, section 3.3: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.
pub(crate) fn require_scope_token(literal: &LitStr) -> syn::Result<()> {
    let scope = literal.value();
    if scope.is_empty() {
        let help = "name the scope that a token must carry; to accept any valid token, use \
                    `#[requires_auth]`";
        return Err(error(literal, "a scope cannot be empty", help));
    }

    let Some((start, wrong)) = scope.char_indices().find(|(_, c)| !is_of_scope(*c)) else {
        return Ok(());
    };
    let place = character(literal, start, wrong);
    if wrong == ' ' {
        return Err(error(
            place,
            "a scope cannot contain a space",
            several(&scope),
        ));
    }
    let problem = format!("invalid character in scope: {wrong:?}");
    let help = "a scope consists of printable ASCII characters other than space, `\"` and `\\` \
                (RFC 6749, section 3.3)";
    Err(error(place, problem, help))
}

/// Returns how to write the scopes in a string with spaces, which may have operators between them.
fn several(scopes: &str) -> String {
    let is_or = |word: &str| matches!(word, "|" | "||" | "or" | "OR");
    let is_and = |word: &str| matches!(word, "&" | "&&" | "and" | "AND");
    let words = || scopes.split_whitespace();
    let names = words().filter(|word| !is_or(word) && !is_and(word));
    let names: Vec<_> = names.map(|name| format!("{name:?}")).collect();
    let names_in_a_row = names.join(", ");
    match (names.len(), words().any(is_or), words().any(is_and)) {
        (0 | 1, ..) => "remove the space".to_owned(),
        (_, true, true) => {
            format!("write `any(…)` and `all(…)` with these scopes: `{names_in_a_row}`")
        }
        (_, true, false) => format!("write `any({names_in_a_row})`"),
        (_, false, _) => format!("write each scope as a separate string: `{names_in_a_row}`"),
    }
}

/// Rejects commas and asterisks. Both are legal in a scope, but are likely to be mistakes.
fn require_plain_scope(literal: &LitStr) -> syn::Result<()> {
    let scope = literal.value();
    if let Some((start, sign)) = scope.char_indices().find(|(_, c)| matches!(c, ',' | '*')) {
        let problem = match sign {
            ',' => "a comma in a scope does not separate scopes",
            _ => "an asterisk in a scope does not match other scopes",
        };
        let parts: Vec<_> = scope
            .split(',')
            .map(|part| format!("{:?}", part.trim()))
            .collect();
        let help = match sign {
            ',' => format!(
                "write `{}`; if the scope really has a comma, write a constant",
                parts.join(", ")
            ),
            _ => {
                "name each scope; if the scope really has an asterisk, write a constant".to_owned()
            }
        };
        return Err(error(character(literal, start, sign), problem, help));
    }
    require_scope_token(literal)
}

fn is_of_scope(character: char) -> bool {
    matches!(character, '\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E')
}

fn require_not_empty(literal: &LitStr, noun: &str) -> syn::Result<()> {
    if !literal.value().is_empty() {
        return Ok(());
    }
    let help = format!(
        "name the {noun} that a token must carry; to accept any valid token, use `#[requires_auth]`"
    );
    Err(error(literal, format!("a {noun} cannot be empty"), help))
}

/// Requires a list of authentication classes in one string, as in the challenge of RFC 9470, section
/// 3.
fn require_classes(literal: &LitStr) -> syn::Result<()> {
    let classes = literal.value();
    if classes.trim_matches(' ').is_empty() {
        let help = "name the accepted authentication classes, separated by spaces";
        return Err(error(literal, "`acr` cannot be empty", help));
    }
    let is_wrong = |c: &(usize, char)| c.1 != ' ' && !is_of_scope(c.1);
    let Some((start, wrong)) = classes.char_indices().find(is_wrong) else {
        return Ok(());
    };
    let problem = format!("invalid character in `acr`: {wrong:?}");
    let help = "a class consists of printable ASCII characters other than `\"` and `\\`; spaces \
                separate classes";
    Err(error(character(literal, start, wrong), problem, help))
}

fn require_age(seconds: &Integer) -> syn::Result<()> {
    if seconds.minus.is_some() {
        let help = "write the maximum number of seconds since the login, as in `max_age = 300`";
        return Err(error(seconds, "`max_age` cannot be negative", help));
    }
    match seconds.value::<u64>() {
        Some(0) => {
            let help = "write the maximum number of seconds since the login, as in `max_age = 300`";
            let problem = "`max_age` cannot be 0, because every login is older than the request";
            Err(error(seconds, problem, help))
        }
        Some(_) => Ok(()),
        None => {
            let help = "leave it out to accept a login of any age";
            Err(error(seconds, "`max_age` is too large", help))
        }
    }
}

fn require_valid_claim(claim: &Claim, source: &TokenStream) -> syn::Result<()> {
    let name = claim.name.value();
    if name.is_empty() {
        let help = "write the name of a claim, such as `org_id`";
        return Err(error(&claim.name, "a claim name cannot be empty", help));
    }
    reject_list_of_scopes(claim, source)?;
    require_valid_pointer(&claim.name)?;
    match &claim.value {
        Value::Integer(integer) => require_i64(integer),
        Value::Text(literal) => require_plain_or_parameter(literal),
        Value::Bool(_) => Ok(()),
    }
}

/// Rejects the comparison of a whole list of scopes.
fn reject_list_of_scopes(claim: &Claim, source: &TokenStream) -> syn::Result<()> {
    let name = claim.name.value();
    let text = match &claim.value {
        Value::Text(text) => text.value(),
        Value::Integer(_) | Value::Bool(_) => String::new(),
    };
    let is_list = name == "scope" || name == "scp" && text.contains(' ');
    if !is_list {
        return Ok(());
    }
    let scopes: Vec<_> = text
        .split_whitespace()
        .map(|scope| format!("{scope:?}"))
        .collect();
    let help = format!(
        "write `#[requires_scope({})]`, which looks for each scope",
        scopes.join(", ")
    );
    let problem = format!("the claim `{name}` holds several scopes in one string");
    Err(error(source, problem, help))
}

/// Requires the escapes of RFC 6901 in a name that is a JSON pointer.
fn require_valid_pointer(name: &LitStr) -> syn::Result<()> {
    let pointer = name.value();
    if !pointer.starts_with('/') {
        return Ok(());
    }
    let mut escapes = pointer.split('~').skip(1);
    let Some(wrong) = escapes.find(|rest| !rest.starts_with(['0', '1'])) else {
        return Ok(());
    };
    let wrong: String = wrong.chars().take(1).collect();
    let problem = format!("invalid escape in a JSON pointer: `~{wrong}`");
    let help = "write `~0` for `~`, and `~1` for `/` (RFC 6901)";
    Err(error(name, problem, help))
}

fn require_i64(integer: &Integer) -> syn::Result<()> {
    integer.value::<i64>().map(drop).ok_or_else(|| {
        let problem = "an integer claim value must fit in 64 bits, including its sign";
        error(
            integer,
            problem,
            "if the claim is a string, write it in quotes",
        )
    })
}

/// Requires a value that is one `<name>` or contains none. Anything between could be meant as text or
/// as a parameter.
fn require_plain_or_parameter(literal: &LitStr) -> syn::Result<()> {
    let value = literal.value();
    let bracketed = value
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'));
    if bracketed.is_some_and(route::is_name) {
        return Ok(());
    }
    if let Some(name) = bracketed.and_then(|name| name.strip_suffix(".."))
        && route::is_name(name)
    {
        return Err(trailing(literal, name));
    }
    let has_part = value.split('<').skip(1).any(|rest| {
        rest.split_once('>')
            .is_some_and(|(name, _)| route::is_name(name.trim_end_matches('.')))
    });
    if bracketed.is_none() && !has_part {
        return Ok(());
    }
    let problem = format!("`{value}` could be meant as a parameter of the route or as plain text");
    let help = "a parameter is the whole value, as in `\"<user_id>\"`; for anything else that \
                contains `<…>`, write a rule and name it in `#[requires(MyRule)]`";
    Err(error(literal, problem, help))
}

/// Returns the tokens of one character of a string, or of the whole string if the character cannot be
/// located.
fn character(literal: &LitStr, start: usize, character: char) -> TokenStream {
    let token = literal.token();
    // In a string with escapes or `r#`, offsets into the value are not offsets into the source.
    let verbatim = token.to_string() == format!("\"{}\"", literal.value());
    let start = start + '"'.len_utf8();
    let subspan = || token.subspan(start..start + character.len_utf8());
    match verbatim.then(subspan).flatten() {
        Some(span) => LitStr::new("", span).into_token_stream(),
        None => literal.to_token_stream(),
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use quote::quote;
    use syn::Token;

    use super::*;

    #[test]
    fn a_scope_consists_of_the_characters_that_rfc_6749_allows() {
        for character in '\0'..='\u{ff}' {
            let allowed = character.is_ascii_graphic() && !['"', '\\'].contains(&character);
            let is_plain = allowed && ![',', '*'].contains(&character);
            let scope = LitStr::new(&format!("a{character}b"), Span::call_site());
            assert_eq!(
                require_scope_token(&scope).is_ok(),
                allowed,
                "{character:?}"
            );
            assert_eq!(
                require_plain_scope(&scope).is_ok(),
                is_plain,
                "{character:?}"
            );
            let is_class = allowed || character == ' ';
            assert_eq!(require_classes(&scope).is_ok(), is_class, "{character:?}");
        }
        assert!(require_scope_token(&LitStr::new("", Span::call_site())).is_err());
    }

    #[test]
    fn a_string_with_several_scopes_is_taken_apart() {
        for (scopes, help) in [
            (
                "a b",
                r#"write each scope as a separate string: `"a", "b"`"#,
            ),
            (
                "a && b",
                r#"write each scope as a separate string: `"a", "b"`"#,
            ),
            ("a || b", r#"write `any("a", "b")`"#),
            ("a or b or c", r#"write `any("a", "b", "c")`"#),
            (
                "a and b or c",
                r#"write `any(…)` and `all(…)` with these scopes: `"a", "b", "c"`"#,
            ),
            (" a", "remove the space"),
            ("a or ", "remove the space"),
        ] {
            let literal = LitStr::new(scopes, Span::call_site());
            let error = require_scope_token(&literal).unwrap_err().to_string();
            assert!(error.ends_with(help), "{scopes}: {error}");
        }
    }

    #[test]
    fn a_value_is_plain_or_a_parameter_or_rejected() {
        for (value, expected) in [
            ("acme", true),
            ("a < b", true),
            ("a > b < c", true),
            ("<", true),
            ("<user_id>", true),
            ("<type>", true),
            ("<path..>", false),
            ("<user-id>", false),
            ("<>", false),
            ("<_>", false),
            ("<a>b", false),
            ("users/<a>", false),
            ("<a><b>", false),
            (" <a>", false),
        ] {
            let literal = LitStr::new(value, Span::call_site());
            assert_eq!(
                require_plain_or_parameter(&literal).is_ok(),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn a_list_of_scopes_is_not_compared_as_one_string() {
        for (name, value, expected) in [
            ("scope", "a", false),
            ("scp", "a b", false),
            ("scp", "a", true),
            ("org_name", "a b", true),
        ] {
            let literal = |text| LitStr::new(text, Span::call_site());
            let claim = Claim {
                name: literal(name),
                value: Value::Text(literal(value)),
            };
            let source = quote!(#name = #value);
            let is_accepted = require_valid_claim(&claim, &source).is_ok();
            assert_eq!(is_accepted, expected, "{source}");
        }
    }

    #[test]
    fn an_integer_fits_in_64_bits() {
        for (tokens, expected) in [
            (quote!(9_223_372_036_854_775_807), true),
            (quote!(9_223_372_036_854_775_808), false),
            (quote!(0xFF), true),
        ] {
            for (minus, expected) in [(None, expected), (Some(Token![-](Span::call_site())), true)]
            {
                let digits = syn::parse2(tokens.clone()).unwrap();
                assert_eq!(require_i64(&Integer { minus, digits }).is_ok(), expected);
            }
        }
    }
}
