//! Checks which attributes can be combined, on one item and on the modules around it.

use crate::diagnostics::{Errors, error, note};
use crate::syntax::attribute::Attr;
use crate::syntax::gather::Attributes;
use crate::syntax::kind::Kind;

/// Returns the attributes that apply to an item. A `#[public]` on the item exempts it from those of a
/// module.
pub(crate) fn applying<'a>(found: &'a Attributes, errors: &mut Errors) -> Vec<&'a Attr> {
    let own: Vec<_> = found.own().collect();
    report_repeated(&own, errors);
    report_public_with_requirement(&own, found.inherited(), errors);
    if found.own().any(is_public) {
        found.own().collect()
    } else {
        found.all().collect()
    }
}

/// Checks which attributes can be combined on a list of routes.
pub(crate) fn check_list(attrs: &[Attr], errors: &mut Errors) {
    let attrs: Vec<_> = attrs.iter().collect();
    report_repeated(&attrs, errors);
    report_public_with_requirement(&attrs, std::iter::empty(), errors);
}

fn is_public(attr: &Attr) -> bool {
    attr.kind == Kind::Public
}

fn report_repeated(own: &[&Attr], errors: &mut Errors) {
    for kind in [Kind::Public, Kind::RequiresAuth] {
        let mut same = own.iter().filter(|attr| attr.kind == kind);
        let (Some(first), Some(second)) = (same.next(), same.next()) else {
            continue;
        };
        let help = match kind {
            Kind::Public => "remove one of them",
            _ => "remove one of them; one attribute can hold the arguments of both",
        };
        errors.push(error(
            &second.place,
            format!("`{kind}` is given twice"),
            help,
        ));
        errors.push(note(&first.place, "the first one is here"));
    }
}

fn report_public_with_requirement<'a>(
    own: &[&Attr],
    mut inherited: impl Iterator<Item = &'a Attr>,
    errors: &mut Errors,
) {
    let Some(requirement) = own.iter().find(|attr| !is_public(attr)) else {
        return;
    };
    if let Some(public) = own.iter().find(|attr| is_public(attr)) {
        let problem = format!("`#[public]` cannot be combined with `{}`", requirement.kind);
        let help = "remove one of them: either anyone may call the route, or a token is required";
        errors.push(error(&public.place, problem, help));
        errors.push(note(&requirement.place, "a token is required here"));
    } else if let Some(public) = inherited.find(|attr| is_public(attr)) {
        let problem = format!(
            "`{}` is inside a module that is `#[public]`",
            requirement.kind
        );
        let help = "remove one of them, or move the route out of the module; the reverse is \
                    possible: `#[public]` exempts a route from what its module requires";
        errors.push(error(&requirement.place, problem, help));
        errors.push(note(&public.place, "everything in this module is public"));
    }
}
