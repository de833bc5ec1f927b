//! Every rule that can be broken.

mod paths;
mod requirement;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::{FnArg, Pat, Path, Type};

use crate::attr::{Attr, Kind};
use crate::diagnostics::{Errors, error, note};
use crate::expand::{AUTHORIZED, GUARD};
use crate::grammar;
use crate::item::Function;
use crate::merge::Declaration;
use crate::requirement::Requirement;
use crate::route::{Route, Target};

/// Who may call a route.
pub(crate) enum Policy {
    Public,
    /// The holder of a valid token that meets all of these.
    Requires(Vec<Requirement>),
    /// Nobody: what stands in the source is wrong.
    RefuseAll,
}

/// What a function is to us.
pub(crate) enum Role {
    /// A route without a policy so far.
    Route,
    /// The same, but the name of the guard is taken.
    Unguardable,
    /// No route, or one that has its policy.
    Neither,
}

/// Tells what a function is. What is wrong with it is in `errors`.
pub(crate) fn role(function: &Function, found: &Declaration, errors: &mut Errors) -> Role {
    let own = found.own().next();
    let (place, kind) = {
        let attr = own.unwrap_or(&found.outermost);
        (&attr.place, attr.kind)
    };

    if function.sig.receiver().is_some() {
        errors.push(not_a_function(kind, place, "a method"));
        return Role::Neither;
    }
    match &found.target {
        // A module hands its attributes to whatever could be a route.
        Some(Target::Catcher) | None if own.is_none() => return Role::Neither,
        Some(Target::Route(Route { name, .. })) => {
            for attr in &found.below {
                let problem = format!(
                    "`{}` stands below the route attribute `#[{name}]`",
                    attr.kind
                );
                let help = format!("move it above `#[{name}]`; below, it comes too late");
                errors.push(error(&attr.place, problem, help));
            }
        }
        Some(Target::Catcher) => {
            let problem = format!("`{kind}` cannot be used on a catcher");
            let help = "remove it: catchers reply to requests that were refused or failed";
            errors.push(error(place, problem, help));
            return Role::Neither;
        }
        None => {
            let problem = format!(
                "`{kind}` must stand above a route attribute, such as `#[get]`, and none follows it"
            );
            let help = format!(
                "if the route attribute stands above `{kind}`, swap the two; if it was imported \
                 under another name, write its own"
            );
            errors.push(error(place, problem, help));
            return Role::Neither;
        }
    }

    let Some(argument) = reserved_argument(function) else {
        return Role::Route;
    };
    if !is_guard(argument) {
        let problem = format!("the argument name `{GUARD}` is reserved");
        errors.push(error(argument, problem, "rename this argument"));
        return Role::Unguardable;
    }
    let problem = format!(
        "`{kind}` is not known to the attribute above it, which has guarded this handler already"
    );
    let help = format!(
        "write it by its own name, `{}`, and not by that of a renamed import",
        kind.name()
    );
    errors.push(error(place, problem, help));
    Role::Neither
}

/// What all attributes of a function together ask for. What is wrong with them is in `errors`.
pub(crate) fn policy(found: &Declaration, errors: &mut Errors) -> Policy {
    let route = match &found.target {
        Some(Target::Route(route)) => Some(route),
        _ => None,
    };
    let attrs = applying(found, errors);
    let mut requirements = Vec::new();
    for attr in &attrs {
        for requirement in required(attr, errors) {
            if let Some(route) = route {
                requirement::of_route(&requirement, attr, route, errors);
            }
            requirements.push((requirement, attr.inherited));
        }
    }
    let requirements = once_each(requirements, errors);

    if !errors.is_empty() || attrs.iter().any(|attr| attr.is_refusal()) {
        Policy::RefuseAll
    } else if attrs.iter().any(|attr| attr.kind == Kind::Public) {
        Policy::Public
    } else {
        Policy::Requires(requirements)
    }
}

/// The attributes that a module hands down. What is wrong with them is in `errors`.
pub(crate) fn handed_down<'a>(found: &'a Declaration, errors: &mut Errors) -> Vec<&'a Attr> {
    let attrs = applying(found, errors);
    let mut requirements = Vec::new();
    for attr in &attrs {
        for requirement in required(attr, errors) {
            if !attr.inherited {
                paths::absolute(&requirement, errors);
            }
            requirements.push((requirement, attr.inherited));
        }
    }
    once_each(requirements, errors);
    attrs
}

/// For an attribute on something that is neither a module nor a function with a body.
pub(crate) fn not_a_function(kind: Kind, place: &TokenStream, what: &str) -> syn::Error {
    let problem = format!("`{kind}` can only be used on route handlers and modules, not on {what}");
    let help = "a route handler is a free function with a route attribute such as `#[get]`";
    error(place, problem, help)
}

/// For an attribute on `mod name;`.
pub(crate) fn elsewhere(kind: Kind, place: &TokenStream, module: &str) -> syn::Error {
    let problem =
        format!("`{kind}` cannot see into the module `{module}`, which is in another file");
    let help = format!(
        "write it on `mod {module} {{ … }}`, or on each route in that file; a route that says \
         nothing is not taken by `auth_runtime::routes!`"
    );
    error(place, problem, help)
}

/// For a macro call in a module with an attribute.
pub(crate) fn made_by_macro(kind: Kind, name: &Ident) -> syn::Error {
    let problem = format!("`{kind}` of the module cannot see what `{name}!` makes");
    let help = "move the call out of the module: a route that it makes would not be protected by \
                the module";
    error(name, problem, help)
}

/// For an attribute within a function or the like, in a module with an attribute.
pub(crate) fn nested_in_function(kind: Kind, path: &Path) -> syn::Error {
    let problem = format!("`{kind}` of the module does not reach a route within another item");
    let help = "move the route out, so that it is an item of the module";
    error(path, problem, help)
}

/// For an attribute on a module without routes.
pub(crate) fn no_routes(kind: Kind, place: &TokenStream, module: &str) -> syn::Error {
    let problem = format!("`{kind}` protects nothing: there is no route in the module `{module}`");
    let help = "a route is a function with a route attribute such as `#[get]`; those that a macro \
                call makes, and those within functions, are not seen here";
    error(place, problem, help)
}

/// The attributes that count: those of a module do not where an item is public by itself.
fn applying<'a>(found: &'a Declaration, errors: &mut Errors) -> Vec<&'a Attr> {
    for kind in [Kind::Public, Kind::RequiresAuth] {
        let mut same = found.own().filter(|attr| attr.kind == kind);
        if let (Some(first), Some(second)) = (same.next(), same.next()) {
            let help = match kind {
                Kind::Public => "remove one of the two",
                _ => "remove one of the two; arguments of both stand in one",
            };
            errors.push(error(
                &second.place,
                format!("`{kind}` is written twice"),
                help,
            ));
            errors.push(note(&first.place, "the other one is here"));
        }
    }

    let is_public = |attr: &&Attr| attr.kind == Kind::Public;
    let requirement = found.own().find(|attr| attr.kind != Kind::Public);
    if let (Some(public), Some(requirement)) = (found.own().find(is_public), requirement) {
        let problem = format!("`#[public]` cannot be combined with `{}`", requirement.kind);
        let help =
            "remove one of the two: either anyone may call the route, or a token is required";
        errors.push(error(&public.place, problem, help));
        errors.push(note(&requirement.place, "a token is required here"));
    } else if let (Some(public), Some(requirement)) =
        (found.inherited().find(is_public), requirement)
    {
        let problem = format!(
            "`{}` stands in a module that is `#[public]`",
            requirement.kind
        );
        let help = "remove one of the two, or move the route out of the module; the other way \
                    round is possible: `#[public]` exempts from what a module requires";
        errors.push(error(&requirement.place, problem, help));
        errors.push(note(&public.place, "everything in the module is public"));
    }

    if found.own().any(|attr| attr.kind == Kind::Public) {
        found.own().collect()
    } else {
        found.all().collect()
    }
}

/// What one attribute asks for.
fn required(attr: &Attr, errors: &mut Errors) -> Vec<Requirement> {
    if attr.is_refusal() {
        return Vec::new();
    }
    if attr.kind == Kind::Public {
        if !attr.args.is_empty() {
            let problem = format!("`{}` takes no arguments", attr.kind);
            let help = format!("write `{}`", attr.kind);
            errors.push(error(&attr.args, problem, help));
        }
        return Vec::new();
    }
    let requirements = grammar::requirements(attr, errors);
    for requirement in &requirements {
        requirement::alone(requirement, errors);
    }
    if attr.kind == Kind::RequiresAuth {
        requirement::each_named_once(&requirements, errors);
    }
    requirements
}

/// Each once. A route may repeat what its module requires, which counts once as well.
fn once_each(requirements: Vec<(Requirement, bool)>, errors: &mut Errors) -> Vec<Requirement> {
    let mut seen: HashMap<_, (TokenStream, bool)> = HashMap::new();
    let mut once = Vec::new();
    for (requirement, inherited) in requirements {
        let place = quote::ToTokens::to_token_stream(&requirement);
        // `$crate` reads the same in the macros of two crates, and is not.
        if requirement.text().contains("$crate") {
            once.push(requirement);
            continue;
        }
        match seen.entry((requirement.noun(), requirement.text())) {
            Entry::Vacant(entry) => {
                entry.insert((place, inherited));
                once.push(requirement);
            }
            Entry::Occupied(first) if inherited || first.get().1 => {}
            Entry::Occupied(first) => {
                let help = "remove it: all of an attribute's arguments are required";
                errors.push(requirement::duplicate(&requirement, &first.get().0, help));
            }
        }
    }
    once
}

/// The argument that has the name of our guard.
fn reserved_argument(function: &Function) -> Option<&FnArg> {
    function.sig.inputs.iter().find(|argument| {
        matches!(argument, FnArg::Typed(typed)
            if matches!(&*typed.pat, Pat::Ident(name) if name.ident.unraw() == GUARD))
    })
}

/// Whether an argument is the guard that another attribute of ours has put there.
fn is_guard(argument: &FnArg) -> bool {
    let FnArg::Typed(typed) = argument else {
        return false;
    };
    let Type::Path(path) = &*typed.ty else {
        return false;
    };
    path.path
        .segments
        .last()
        .is_some_and(|last| last.ident == AUTHORIZED)
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::*;

    fn duplicates(requirements: &[(TokenStream, bool)]) -> (usize, usize) {
        let mut all = Vec::new();
        let mut errors = Errors::default();
        for (args, inherited) in requirements {
            let attr = Attr::outermost(Kind::RequiresScope, args.clone());
            let parsed = required(&attr, &mut errors);
            all.extend(parsed.into_iter().map(|one| (one, *inherited)));
        }
        let once = once_each(all, &mut errors);
        let errors = errors.to_token_stream().to_string();
        (once.len(), errors.matches("duplicate ").count())
    }

    #[test]
    fn a_requirement_stands_once() {
        for (args, expected) in [
            (quote!("a", a, m::a), (3, 0)),
            (quote!("a", r"a"), (1, 1)),
            (quote!(a, "b", a), (2, 1)),
            (quote!("a", r"a", "a"), (1, 2)),
            (quote!("a", any("a", "b")), (2, 0)),
            (quote!(any("a", "b"), any("a", "b")), (1, 1)),
            (quote!(any("a", all("b", "b"))), (1, 1)),
        ] {
            assert_eq!(duplicates(&[(args.clone(), false)]), expected, "{args}");
        }
    }

    #[test]
    fn a_route_may_repeat_what_its_module_requires() {
        let (a, b) = (quote!("a"), quote!("a", "b"));
        assert_eq!(duplicates(&[(a.clone(), true), (b.clone(), false)]), (2, 0));
        assert_eq!(duplicates(&[(a, false), (b, false)]), (2, 1));
    }

    #[test]
    fn the_name_of_the_guard_is_reserved_in_every_form() {
        for (argument, is_reserved) in [
            (quote!(__auth_authorized: u8), true),
            (quote!(mut __auth_authorized: u8), true),
            (quote!(r#__auth_authorized: u8), true),
            (quote!(_auth_authorized: u8), false),
        ] {
            let function = syn::parse2(quote!(fn f(a: u8, #argument) {})).unwrap();
            assert_eq!(
                reserved_argument(&function).is_some(),
                is_reserved,
                "{argument}"
            );
        }
    }
}
