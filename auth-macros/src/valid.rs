//! Every rule that can be broken.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{FnArg, LitStr, Pat, Type};

use crate::attr::{Attr, Kind};
use crate::diagnostics::{Errors, error, note};
use crate::expand::{AUTHORIZED, GUARD};
use crate::item::Function;
use crate::merge::{Declaration, Target};
use crate::scope::{Scope, scopes};

/// Who may call a route.
pub(crate) enum Policy {
    Public,
    /// The holder of a valid token with all of these.
    Scopes(Vec<Scope>),
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
    let (place, kind) = (&found.outermost.place, found.outermost.kind);

    if function.sig.receiver().is_some() {
        errors.push(not_a_function(kind, place, "a method"));
        return Role::Neither;
    }
    match &found.target {
        Some(Target::Route(name)) => {
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

/// What all attributes together ask for. What is wrong with them is in `errors`.
pub(crate) fn policy(found: &Declaration, errors: &mut Errors) -> Policy {
    let mut scopes = Vec::new();
    for attr in found.all() {
        if attr.kind == Kind::RequiresScope {
            scopes.extend(required_scopes(attr, errors));
        } else if !attr.args.is_empty() {
            errors.push(unexpected_arguments(attr));
        }
    }
    once_each(&scopes, errors);

    for kind in [Kind::Public, Kind::RequiresAuth] {
        let mut same = found.all().filter(|attr| attr.kind == kind);
        if let (Some(first), Some(second)) = (same.next(), same.next()) {
            let help = "remove one of the two";
            errors.push(error(
                &second.place,
                format!("`{kind}` is written twice"),
                help,
            ));
            errors.push(note(&first.place, "the other one is here"));
        }
    }

    let Some(public) = found.all().find(|attr| attr.kind == Kind::Public) else {
        return Policy::Scopes(scopes);
    };
    if let Some(requirement) = found.all().find(|attr| attr.kind != Kind::Public) {
        let problem = format!("`#[public]` cannot be combined with `{}`", requirement.kind);
        let help =
            "remove one of the two: either anyone may call the route, or a token is required";
        errors.push(error(&public.place, problem, help));
        errors.push(note(&requirement.place, "a token is required here"));
    }
    Policy::Public
}

/// For an attribute on something that is no function with a body.
pub(crate) fn not_a_function(kind: Kind, place: &TokenStream, what: &str) -> syn::Error {
    let problem = format!("`{kind}` can only be used on route handlers, not on {what}");
    let help = match what {
        "a module" => format!("write `{kind}` on each handler in it, above the route attribute"),
        _ => "a route handler is a free function with a route attribute such as `#[get]`".into(),
    };
    error(place, problem, help)
}

fn required_scopes(attr: &Attr, errors: &mut Errors) -> Vec<Scope> {
    if attr.args.is_empty() {
        let problem = format!("`{}` names no scope", attr.kind);
        let help = "name the scopes that a token must carry, as in \
                    `#[requires_scope(\"read:messages\")]`; to accept any valid token, use \
                    `#[requires_auth]`";
        errors.push(error(&attr.place, problem, help));
    }
    let scopes = scopes(attr, errors);
    for scope in &scopes {
        if let Scope::Literal(literal) = scope
            && let Err(error) = is_scope_token(literal)
        {
            errors.push(error);
        }
    }
    scopes
}

/// RFC 6749, section 3.3: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.
fn is_scope_token(literal: &LitStr) -> syn::Result<()> {
    let scope = literal.value();
    if scope.is_empty() {
        let help = "name the scope that a token must carry; to accept any valid token, use \
                    `#[requires_auth]`";
        return Err(error(literal, "a scope cannot be empty", help));
    }

    let allowed = |c: char| matches!(c, '\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E');
    let Some((start, wrong)) = scope.char_indices().find(|(_, c)| !allowed(*c)) else {
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

fn once_each(scopes: &[Scope], errors: &mut Errors) {
    let mut seen = HashMap::new();
    for scope in scopes {
        // A constant and a string of the same name are two things.
        let (constant, name) = match scope {
            Scope::Literal(literal) => (false, literal.value()),
            Scope::Constant(path) => (true, quote!(#path).to_string().replace(' ', "")),
        };
        match seen.entry((constant, name)) {
            Entry::Vacant(entry) => {
                entry.insert(scope);
            }
            Entry::Occupied(first) => {
                let problem = format!("duplicate scope: `{}`", first.key().1);
                errors.push(error(
                    scope,
                    problem,
                    "remove it: all of the scopes are required",
                ));
                errors.push(note(first.get(), "the scope is first required here"));
            }
        }
    }
}

fn unexpected_arguments(attr: &Attr) -> syn::Error {
    let (kind, args) = (attr.kind, &attr.args);
    let mut ignored = Errors::default();
    let scopes = scopes(attr, &mut ignored);
    let help = if kind == Kind::RequiresAuth && ignored.is_empty() && !scopes.is_empty() {
        format!("to require scopes, write `#[requires_scope({args})]`")
    } else {
        format!("write `{kind}`")
    };
    error(args, format!("`{kind}` takes no arguments"), help)
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
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn a_scope_is_made_of_the_characters_that_rfc_6749_names() {
        for character in '\0'..='\u{ff}' {
            let allowed = character.is_ascii_graphic() && !['"', '\\'].contains(&character);
            let scope = LitStr::new(&format!("a{character}b"), Span::call_site());
            assert_eq!(is_scope_token(&scope).is_ok(), allowed, "{character:?}");
        }
        assert!(is_scope_token(&LitStr::new("", Span::call_site())).is_err());
    }

    #[test]
    fn a_scope_stands_once() {
        let duplicates = |scopes: &[TokenStream]| {
            let scopes: Vec<Scope> = scopes
                .iter()
                .map(|scope| syn::parse2(scope.clone()).unwrap())
                .collect();
            let mut errors = Errors::default();
            once_each(&scopes, &mut errors);
            errors
                .to_token_stream()
                .to_string()
                .matches("duplicate scope")
                .count()
        };
        let (literal, raw, constant) = (quote!("a"), quote!(r"a"), quote!(a));

        assert_eq!(
            duplicates(&[literal.clone(), constant.clone(), quote!(m::a)]),
            0
        );
        assert_eq!(duplicates(&[literal.clone(), raw.clone()]), 1);
        assert_eq!(duplicates(&[constant.clone(), quote!("b"), constant]), 1);
        assert_eq!(duplicates(&[literal.clone(), raw, literal]), 2);
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
