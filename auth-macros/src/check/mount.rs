//! Checks the attributes and arguments of `routes!` and `protect!`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Expr, Lit, Path};

use crate::diagnostics::{Errors, error};
use crate::model::{Claim, Requirement, Value, What};
use crate::syntax::attribute::Attr;
use crate::syntax::kind::Kind;
use crate::syntax::mount::Mount;
use crate::syntax::tokens::{is_punct, text};

/// Requires every attribute to be an inner attribute that is one of ours.
pub(crate) fn require_ours(mount: &Mount, macro_name: &str, errors: &mut Errors) {
    for other in &mount.others {
        let problem = format!("`{macro_name}!` does not know this attribute");
        let help = "its attributes are those of auth-runtime, written as `#![requires_auth]`";
        errors.push(error(other, problem, help));
    }
}

/// Rejects `#![public]`, because each route in `routes!` declares its own policy.
pub(crate) fn reject_public(attrs: &[Attr], errors: &mut Errors) {
    for public in attrs.iter().filter(|attr| attr.kind == Kind::Public) {
        let problem = "`#![public]` cannot be in `routes!`";
        let help = "remove it: each route in the list declares its own policy; for routes that do not, \
                    write `protect![ #![public] … ]`";
        errors.push(error(&public.place, problem, help));
    }
}

/// Requires `protect!` to declare who may call the routes.
pub(crate) fn require_policy(mount: &Mount, errors: &mut Errors) {
    if mount.attrs.is_empty() && mount.others.is_empty() {
        let problem = "`protect!` needs an attribute that says who may call the routes";
        let help = "begin with one, as in `protect![ #![requires_auth] FileServer::from(\"static\") ]`; \
                    `#![public]` lets anyone call them";
        errors.push(error(&mount.rest, problem, help));
    }
}

/// Rejects route parameters, because a list has none.
pub(crate) fn reject_parameters(requirement: &Requirement, errors: &mut Errors) {
    if let What::Claim(
        claim @ Claim {
            value: Value::Text(value),
            ..
        },
    ) = &requirement.what
        && let Some(name) = claim.parameter()
    {
        let problem = format!("a list of routes has no parameter `<{name}>`");
        let claim = text(&requirement.source);
        let help = format!("write `#[requires_claim({claim})]` on each route that has it");
        errors.push(error(value, problem, help));
    }
    for inner in requirement.inner() {
        reject_parameters(inner, errors);
    }
}

/// Rejects a comma that does not follow a route, such as one between the attributes and the routes.
pub(crate) fn reject_surplus_commas(routes: &TokenStream, errors: &mut Errors) {
    let mut follows_route = false;
    for token in routes.clone() {
        let is_comma = is_punct(&token, ',');
        if is_comma && !follows_route {
            let problem = "expected a route before this `,`";
            errors.push(error(token, problem, "remove this comma"));
        }
        follows_route = !is_comma;
    }
}

/// Parses the path of a route handler.
pub(crate) fn path(tokens: &TokenStream) -> syn::Result<Path> {
    const EXPECTED: &str = "expected the name of a route handler";

    if let Ok(path) = syn::parse2(tokens.clone()) {
        return Ok(path);
    }
    let problem = match syn::parse2::<Expr>(tokens.clone()) {
        Ok(Expr::Call(call)) => {
            let function = call.func.to_token_stream();
            let path: Option<Path> = syn::parse2(function.clone()).ok();
            let is_attribute = path.is_some_and(|path| Kind::from_path(&path).is_some());
            let help = if is_attribute {
                format!(
                    "to require it for each route, write `#![{}]` in front of the routes",
                    text(tokens)
                )
            } else {
                format!("write `{}`", text(&function))
            };
            return Err(error(tokens, format!("{EXPECTED}, found a call"), help));
        }
        Ok(Expr::Lit(literal)) if matches!(literal.lit, Lit::Str(_)) => {
            format!("{EXPECTED}, found a string")
        }
        _ => EXPECTED.to_owned(),
    };
    let second = |input: syn::parse::ParseStream<'_>| {
        input.parse::<Path>()?;
        input.parse::<TokenStream>()
    };
    if let Ok(second) = second.parse2(tokens.clone())
        && syn::parse2::<Path>(second.clone()).is_ok()
    {
        return Err(error(
            second,
            "expected `,` before this route",
            "separate routes with commas",
        ));
    }
    let help = "`routes!` takes the names of route handlers, separated by commas";
    Err(error(tokens, problem, help))
}

/// Reports anything other than one expression in `protect!`.
pub(crate) fn not_an_expression(tokens: &TokenStream) -> syn::Error {
    let help = "after its attributes, `protect!` takes anything that is `Into<Vec<Route>>`, such as \
                `FileServer::from(\"static\")`";
    error(tokens, "expected one expression for the routes", help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_or_a_string_in_place_of_a_route_is_named() {
        for (route, problem) in [
            (
                "index()",
                "expected the name of a route handler, found a call",
            ),
            (
                "\"index\"",
                "expected the name of a route handler, found a string",
            ),
            ("7", "expected the name of a route handler"),
            ("a + b", "expected the name of a route handler"),
            ("a b", "expected `,` before this route"),
        ] {
            let error = path(&route.parse().unwrap()).unwrap_err().to_string();
            assert_eq!(error.lines().next(), Some(problem), "{route}");
        }
        assert!(path(&"api::index".parse().unwrap()).is_ok());
    }
}
