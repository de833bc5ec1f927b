//! What a requirement must be, by itself and on its route.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::LitStr;

use crate::attr::Attr;
use crate::diagnostics::{Errors, error, note};
use crate::requirement::{Claim, Integer, Requirement, Text, Value};
use crate::route::{self, Route};
use crate::text;

/// The rules of a requirement, wherever it stands.
pub(super) fn alone(requirement: &Requirement, errors: &mut Errors) {
    let checked = match requirement {
        Requirement::Scope(Text::Literal(scope)) => is_scope_token(scope),
        Requirement::Permission(Text::Literal(name)) | Requirement::Role(Text::Literal(name)) => {
            is_not_empty(name, requirement.noun())
        }
        Requirement::Acr(Text::Literal(classes)) => are_classes(classes),
        Requirement::MaxAge(seconds) => is_age(seconds),
        Requirement::Claim(claim) => is_claim(claim),
        Requirement::Any(_, inner) => {
            each(
                inner,
                "remove it: each argument is an alternative by itself",
                errors,
            );
            Ok(())
        }
        Requirement::All(_, inner)
        | Requirement::OfKind(_, _, inner)
        | Requirement::NotFound(inner)
        | Requirement::ReportOnly(inner) => {
            each(inner, "remove it: all of them are required", errors);
            Ok(())
        }
        Requirement::Scope(Text::Constant(_))
        | Requirement::Permission(Text::Constant(_))
        | Requirement::Role(Text::Constant(_))
        | Requirement::Acr(Text::Constant(_))
        | Requirement::Rule(_) => Ok(()),
    };
    if let Err(error) = checked {
        errors.push(error);
    }
}

/// The rules of a requirement on this route: a parameter that it names is one of the route's path.
pub(super) fn of_route(requirement: &Requirement, attr: &Attr, route: &Route, errors: &mut Errors) {
    match requirement {
        Requirement::Claim(claim) => {
            if let Some(name) = claim.parameter() {
                is_parameter(claim, &name, attr, route, errors);
            }
        }
        Requirement::Any(_, inner)
        | Requirement::All(_, inner)
        | Requirement::OfKind(_, _, inner)
        | Requirement::NotFound(inner)
        | Requirement::ReportOnly(inner) => {
            for one in inner {
                of_route(one, attr, route, errors);
            }
        }
        _ => {}
    }
}

pub(super) fn duplicate(second: &Requirement, first: &TokenStream, help: &str) -> syn::Error {
    let noun = match second {
        Requirement::Any(..) | Requirement::All(..) => "requirement",
        one => one.noun(),
    };
    let problem = format!("duplicate {noun}: `{}`", second.text());
    let mut error = error(second, problem, help);
    error.combine(note(first, "the first one is here"));
    error
}

/// Each named argument of `#[requires_auth]` stands once, whatever its value.
pub(super) fn each_named_once(requirements: &[Requirement], errors: &mut Errors) {
    for (index, second) in requirements.iter().enumerate() {
        let mut before = requirements.iter().take(index);
        if let Some(first) = before.find(|first| first.noun() == second.noun()) {
            let problem = format!("{} is written twice", second.noun());
            errors.push(error(second, problem, "remove one of the two"));
            errors.push(note(first, "the first one is here"));
        }
    }
}

/// The requirements of a group: each by itself, and each once.
fn each(inner: &[Requirement], help: &str, errors: &mut Errors) {
    let mut seen = HashMap::new();
    for requirement in inner {
        alone(requirement, errors);
        match seen.entry((requirement.noun(), requirement.text())) {
            Entry::Vacant(entry) => {
                entry.insert(requirement);
            }
            Entry::Occupied(first) => {
                let first = first.get().to_token_stream();
                errors.push(duplicate(requirement, &first, help));
            }
        }
    }
}

/// RFC 6749, section 3.3: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.
fn is_scope_token(literal: &LitStr) -> syn::Result<()> {
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
        let each: Vec<_> = scope
            .split_whitespace()
            .map(|part| format!("{part:?}"))
            .collect();
        let help = match &*each {
            [] | [_] => "remove the space".to_owned(),
            each => format!(
                "write each scope as a string of its own: `{}`",
                each.join(", ")
            ),
        };
        return Err(error(place, "a scope cannot contain a space", help));
    }
    let problem = format!("invalid character in scope: {wrong:?}");
    let help = "a scope consists of printable ASCII characters other than space, `\"` and `\\` \
                (RFC 6749, section 3.3)";
    Err(error(place, problem, help))
}

fn is_of_scope(character: char) -> bool {
    matches!(character, '\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E')
}

fn is_not_empty(literal: &LitStr, noun: &str) -> syn::Result<()> {
    if !literal.value().is_empty() {
        return Ok(());
    }
    let help = format!(
        "name the {noun} that a token must carry; to accept any valid token, use `#[requires_auth]`"
    );
    Err(error(literal, format!("a {noun} cannot be empty"), help))
}

/// Several stand in one string, as in the challenge that names them (RFC 9470, section 3).
fn are_classes(literal: &LitStr) -> syn::Result<()> {
    let classes = literal.value();
    if classes.trim_matches(' ').is_empty() {
        let help = "name the classes of login that are accepted, separated by spaces";
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

fn is_age(seconds: &Integer) -> syn::Result<()> {
    if seconds.minus.is_some() {
        let help = "write the most seconds since the login, as in `max_age = 300`";
        return Err(error(seconds, "`max_age` cannot be negative", help));
    }
    match seconds.digits.base10_parse::<u64>() {
        Ok(0) => {
            let help = "write the most seconds since the login, as in `max_age = 300`";
            let problem = "`max_age` cannot be 0: no login is as recent as the request";
            Err(error(seconds, problem, help))
        }
        Ok(_) => Ok(()),
        Err(_) => {
            let help = "leave it out if a login may be of any age";
            Err(error(seconds, "`max_age` is too large", help))
        }
    }
}

fn is_claim(claim: &Claim) -> syn::Result<()> {
    let name = claim.name.value();
    if name.is_empty() {
        let help = "write the name of a claim, such as `org_id`";
        return Err(error(
            &claim.name,
            "the name of a claim cannot be empty",
            help,
        ));
    }
    if name == "scope" {
        let help = "write `#[requires_scope(\"…\")]`, which looks for one scope among them";
        let problem = "the claim `scope` is a list of scopes in one string";
        return Err(error(&claim.source, problem, help));
    }
    if name.starts_with('/') {
        let mut rest = name.split('~').skip(1);
        if let Some(wrong) = rest.find(|rest| !rest.starts_with(['0', '1'])) {
            let wrong: String = wrong.chars().take(1).collect();
            let problem = format!("invalid escape in a JSON pointer: `~{wrong}`");
            let help = "write `~0` for `~`, and `~1` for `/` (RFC 6901)";
            return Err(error(&claim.name, problem, help));
        }
    }
    match &claim.value {
        Value::Integer(integer) => fits(integer),
        Value::Text(literal) => is_plain_or_parameter(literal),
        Value::Bool(_) => Ok(()),
    }
}

fn fits(integer: &Integer) -> syn::Result<()> {
    let minus = integer.minus.map_or("", |_| "-");
    let value = format!("{minus}{}", integer.digits.base10_digits()).parse::<i64>();
    value.map(drop).map_err(|_| {
        let problem = "the value of a claim is an integer of at most 64 bits, with its sign";
        error(integer, problem, "write a string, if the claim is one")
    })
}

/// `<name>` is a parameter; other values with such a part may be meant either way.
fn is_plain_or_parameter(literal: &LitStr) -> syn::Result<()> {
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
    let problem =
        format!("`{value}` is neither a parameter of the route nor clearly a plain value");
    let help = "a parameter stands alone, as in `\"<user_id>\"`; for anything else with such a \
                part, write a rule and name it in `#[requires(MyRule)]`";
    Err(error(literal, problem, help))
}

fn trailing(place: impl ToTokens, name: &str) -> syn::Error {
    let problem = format!("`<{name}..>` holds any number of segments, and a claim is one value");
    let help = "compare the claim to a parameter that is one segment, such as `<user_id>`";
    error(place, problem, help)
}

/// An error about what a module requires stands at the route that lacks it.
fn is_parameter(claim: &Claim, name: &str, attr: &Attr, route: &Route, errors: &mut Errors) {
    let parameters = route.parameters();
    if parameters.segments.iter().any(|segment| segment == name) {
        return;
    }
    let place = match (&route.uri, attr.inherited) {
        (_, false) => match &claim.value {
            Value::Text(literal) => literal.to_token_stream(),
            _ => claim.source.clone(),
        },
        (Some(uri), true) => uri.to_token_stream(),
        (None, true) => route.place.clone(),
    };
    let required = if attr.inherited {
        format!(", and its module requires `{}`", text::of(&claim.source))
    } else {
        String::new()
    };
    if parameters.trailing.as_deref() == Some(name) {
        errors.push(trailing(place, name));
        return;
    }
    if parameters.query.iter().any(|parameter| parameter == name) {
        let problem = format!("`<{name}>` is in the query of the route, not in its path{required}");
        let help = "move it into the path, which is what the route is about; a caller who leaves \
                    it out of the query would have nothing to be compared with";
        errors.push(error(place, problem, help));
        return;
    }
    let problem = format!("the route has no parameter `<{name}>`{required}");
    let names: Vec<_> = parameters
        .segments
        .iter()
        .map(|name| format!("`<{name}>`"))
        .collect();
    let help = match &*names {
        [] => format!("there are no parameters in its path; write `<{name}>` there"),
        names => format!("the parameters in its path: {}", names.join(", ")),
    };
    errors.push(error(place, problem, help));
}

/// One character of a string, or the whole string where rustc cannot tell.
fn character(literal: &LitStr, start: usize, character: char) -> TokenStream {
    let token = literal.token();
    // With escapes or `r#` in it, offsets into the value are not offsets into the source.
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
    fn a_scope_is_made_of_the_characters_that_rfc_6749_names() {
        for character in '\0'..='\u{ff}' {
            let allowed = character.is_ascii_graphic() && !['"', '\\'].contains(&character);
            let scope = LitStr::new(&format!("a{character}b"), Span::call_site());
            assert_eq!(is_scope_token(&scope).is_ok(), allowed, "{character:?}");
            let is_class = allowed || character == ' ';
            assert_eq!(are_classes(&scope).is_ok(), is_class, "{character:?}");
        }
        assert!(is_scope_token(&LitStr::new("", Span::call_site())).is_err());
    }

    #[test]
    fn a_value_is_plain_or_a_parameter_or_refused() {
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
            assert_eq!(is_plain_or_parameter(&literal).is_ok(), expected, "{value}");
        }
    }

    #[test]
    fn an_integer_has_64_bits() {
        for (tokens, expected) in [
            (quote!(9_223_372_036_854_775_807), true),
            (quote!(9_223_372_036_854_775_808), false),
            (quote!(0xFF), true),
        ] {
            for (minus, expected) in [(None, expected), (Some(Token![-](Span::call_site())), true)]
            {
                let digits = syn::parse2(tokens.clone()).unwrap();
                assert_eq!(fits(&Integer { minus, digits }).is_ok(), expected);
            }
        }
    }
}
