//! Checks the parameters that a claim is compared with: `sub = "<user_id>"`.

use quote::ToTokens;

use crate::diagnostics::{Errors, error};
use crate::model::{Claim, Requirement, Value, What};
use crate::syntax::attribute::Attr;
use crate::syntax::route::Route;
use crate::syntax::tokens::text;

/// Requires every parameter that the requirement names to be in the path of the route.
pub(crate) fn require_in_path(
    requirement: &Requirement,
    attr: &Attr,
    route: &Route,
    errors: &mut Errors,
) {
    if let What::Claim(claim) = &requirement.what {
        if !attr.is_inherited() {
            reject_name_as_text(claim, route, errors);
        }
        if let Some(name) = claim.parameter()
            && let Err(error) = require_parameter(requirement, claim, &name, attr, route)
        {
            errors.push(error);
        }
    }
    for inner in requirement.inner() {
        require_in_path(inner, attr, route, errors);
    }
}

/// Rejects plain text that is the name of a parameter of the route, by itself or as other frameworks
/// write it, as in `sub = "user_id"`, `sub = "{user_id}"` or `sub = ":user_id"`.
fn reject_name_as_text(claim: &Claim, route: &Route, errors: &mut Errors) {
    let Value::Text(value) = &claim.value else {
        return;
    };
    if claim.parameter().is_some() {
        return;
    }
    let text = value.value();
    let parameter = text.trim_matches([':', '$', '@', '%', '{', '}', '[', ']', '(', ')', ' ']);
    let parameters = &route.parameters;
    if parameters.segments.iter().any(|name| name == parameter) {
        let problem =
            format!("`{text}` is plain text, but the route has a parameter `<{parameter}>`");
        let name = claim.name.value();
        let help = format!("for the parameter of the route, write `{name} = \"<{parameter}>\"`");
        errors.push(error(value, problem, help));
    }
}

/// Requires the path of the route to have the parameter. If a module requires the claim, the error is
/// at the route that lacks the parameter.
fn require_parameter(
    requirement: &Requirement,
    claim: &Claim,
    name: &str,
    attr: &Attr,
    route: &Route,
) -> syn::Result<()> {
    let parameters = &route.parameters;
    if parameters.segments.iter().any(|segment| segment == name) {
        return Ok(());
    }
    let (place, but) = if attr.is_inherited() {
        let uri = route.uri.as_ref().map(ToTokens::to_token_stream);
        let place = uri.unwrap_or_else(|| route.place.clone());
        (
            place,
            format!(", but its module requires `{}`", text(&requirement.source)),
        )
    } else {
        let place = match &claim.value {
            Value::Text(literal) => literal.to_token_stream(),
            _ => requirement.source.clone(),
        };
        (place, String::new())
    };
    if parameters.trailing.as_deref() == Some(name) {
        return Err(trailing(place, name));
    }
    if parameters.query.iter().any(|parameter| parameter == name) {
        let problem = format!("`<{name}>` is in the query of the route, not in its path{but}");
        let help = "move it to the path: a caller could leave it out of the query, and then there \
                    would be nothing to compare the claim with";
        return Err(error(place, problem, help));
    }
    let names = parameters.segments.iter().map(|name| format!("`<{name}>`"));
    let help = match &*names.collect::<Vec<_>>() {
        [] => format!("its path has no parameters; add `<{name}>` to it"),
        names => format!("the parameters of its path are: {}", names.join(", ")),
    };
    Err(error(
        place,
        format!("the route has no parameter `<{name}>`{but}"),
        help,
    ))
}

/// Creates the error for a claim that is compared with `<name..>`.
pub(super) fn trailing(place: impl ToTokens, name: &str) -> syn::Error {
    let problem = format!("`<{name}..>` matches any number of segments, but a claim is one value");
    let help = "compare the claim with a parameter of one segment, such as `<user_id>`";
    error(place, problem, help)
}
