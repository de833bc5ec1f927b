//! The arguments of an attribute: how they are separated, and the flags at their end.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;

use crate::diagnostics::{Errors, error};
use crate::syntax::kind::Kind;
use crate::syntax::tokens::is_punct;

/// A flag comes after the other arguments and applies to all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    NotFound,
    ReportOnly,
}

/// `name(…)`
pub(super) struct Call {
    pub(super) name: Ident,
    pub(super) arguments: Group,
}

impl Flag {
    pub(super) fn parse(argument: &TokenStream) -> Option<Self> {
        let name: Ident = syn::parse2(argument.clone()).ok()?;
        let mut flags = [Self::NotFound, Self::ReportOnly].into_iter();
        flags.find(|flag| name == flag.name())
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::ReportOnly => "report_only",
        }
    }
}

impl Call {
    pub(super) fn parse(argument: &TokenStream) -> Option<Self> {
        let mut tokens = argument.clone().into_iter();
        match (tokens.next()?, tokens.next()?, tokens.next()) {
            (TokenTree::Ident(name), TokenTree::Group(arguments), None)
                if arguments.delimiter() == Delimiter::Parenthesis =>
            {
                Some(Self { name, arguments })
            }
            _ => None,
        }
    }

    pub(super) fn is_group(&self) -> bool {
        self.name == "any" || self.name == "all"
    }

    pub(super) fn tokens(&self) -> TokenStream {
        let (name, arguments) = (&self.name, &self.arguments);
        quote!(#name #arguments)
    }
}

/// Separates the arguments at their commas.
pub(super) fn separate(kind: Kind, args: &TokenStream, errors: &mut Errors) -> Vec<TokenStream> {
    let mut arguments = Vec::new();
    let mut current = TokenStream::new();
    // The commas of `MyRule::<A, B>` do not separate rules. No other valid argument has a `<`.
    let mut depth = 0_usize;
    for token in args.clone() {
        if is_punct(&token, '<') && kind == Kind::Requires {
            depth += 1;
        } else if is_punct(&token, '>') {
            depth = depth.saturating_sub(1);
        } else if is_punct(&token, ',') && depth == 0 {
            if current.is_empty() {
                let problem = format!("expected a {} before this `,`", kind.noun());
                errors.push(error(token, problem, "remove this comma"));
            } else {
                arguments.push(opened(std::mem::take(&mut current)));
            }
            continue;
        }
        current.extend([token]);
    }
    if !current.is_empty() {
        arguments.push(opened(current));
    }
    arguments
}

/// Returns the tokens inside the argument if it is a fragment of a `macro_rules!` macro, which is a
/// group without delimiters.
fn opened(argument: TokenStream) -> TokenStream {
    let mut tokens = argument.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            opened(group.stream())
        }
        _ => argument,
    }
}

/// Takes the flags off the end of the arguments.
pub(super) fn take_flags(
    kind: Kind,
    arguments: &mut Vec<TokenStream>,
    errors: &mut Errors,
) -> Vec<Flag> {
    let mut flags = Vec::new();
    while let Some(flag) = arguments.last().and_then(Flag::parse) {
        let Some(place) = arguments.pop() else { break };
        if kind == Kind::RequiresAuth {
            let problem = format!("`{kind}` does not take `{}`", flag.name());
            let help = match flag {
                Flag::NotFound => "remove it: unauthenticated callers always get 401",
                Flag::ReportOnly => {
                    "remove it: authentication is always enforced; if the token is optional, use \
                     `#[public]`"
                }
            };
            errors.push(error(place, problem, help));
        } else if flags.contains(&flag) {
            let problem = format!("`{}` is given twice", flag.name());
            errors.push(error(place, problem, "remove one of them"));
        } else {
            flags.push(flag);
        }
    }
    flags
}
