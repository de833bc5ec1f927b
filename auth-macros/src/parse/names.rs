//! Scopes, permissions and roles: strings or constants.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Lit, LitStr, Path, Token};

use super::literal::describe;
use crate::diagnostics::error;
use crate::model::Name;
use crate::syntax::kind::Kind;
use crate::syntax::tokens::text;

/// Parses a scope, a permission or a role.
pub(super) fn name(kind: Kind, argument: &TokenStream) -> syn::Result<Name> {
    let group: Option<Ident> = syn::parse2(argument.clone()).ok();
    if let Some(group) = group.filter(|group| group == "any" || group == "all") {
        let problem = format!("`{group}` needs at least one {}", kind.noun());
        return Err(error(
            argument,
            problem,
            format!("write, for example, `{group}({})`", kind.alternatives()),
        ));
    }
    parse_name(argument).ok_or_else(|| not_a_name(kind, argument))
}

/// Parses a string literal or the path of a constant.
pub(super) fn parse_name(argument: &TokenStream) -> Option<Name> {
    if let Ok(literal) = syn::parse2::<LitStr>(argument.clone()) {
        return literal
            .suffix()
            .is_empty()
            .then_some(Name::Literal(literal));
    }
    let path = Path::parse_mod_style.parse2(argument.clone());
    path.is_ok().then(|| Name::Constant(argument.clone()))
}

fn not_a_name(kind: Kind, argument: &TokenStream) -> syn::Error {
    const EXPECTED: &str = "expected a string literal or the path of a constant";

    let (noun, example) = (kind.noun(), kind.example());
    let parts = syn::parse2::<Parts>(argument.clone());
    match parts {
        Ok(Parts::Literal(Lit::Str(literal))) => {
            let help = format!("write `{:?}`", literal.value());
            error(literal, format!("a {noun} cannot have a suffix"), help)
        }
        Ok(Parts::Literal(literal)) => {
            let problem = format!("{EXPECTED}, found {}", describe(&literal));
            let help = format!("a {noun} is a string, such as `{example}`");
            error(&literal, problem, help)
        }
        Ok(Parts::WithoutComma(second)) => {
            let problem = format!("expected `,` before this {noun}");
            error(second, problem, format!("separate {noun}s with commas"))
        }
        Ok(Parts::Named(name, value)) if name == "any" || name == "all" => {
            let values = text(&value);
            let values = values.trim_start_matches('[').trim_end_matches(']');
            let problem = format!("`{name}` takes its {noun}s in parentheses");
            error(argument, problem, format!("write `{name}({values})`"))
        }
        Ok(Parts::Named(name, _)) => {
            let problem = format!("unknown argument of `{kind}`: `{name}`");
            let help = if name == "not_found" || name == "report_only" {
                format!("write `{name}` without a value, as the last argument")
            } else if name.to_string().trim_end_matches('s') == noun {
                format!(
                    "write only the {noun}, as in `#[{}({example})]`",
                    kind.name()
                )
            } else {
                format!(
                    "its arguments are {noun}s, which are string literals or paths of constants; to \
                     require a claim, write `#[requires_claim({name} = …)]`"
                )
            };
            error(argument, problem, help)
        }
        Err(_) => {
            let help = format!("write `{example}`, or the path of a `&'static str` constant");
            error(argument, EXPECTED, help)
        }
    }
}

/// An argument that is not a name, as far as it can be recognized.
enum Parts {
    Literal(Lit),
    /// The second of two names without a comma between them.
    WithoutComma(TokenStream),
    /// `name = …`.
    Named(Ident, TokenStream),
}

impl Parse for Parts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let name = input.parse()?;
            input.parse::<Token![=]>()?;
            return Ok(Self::Named(name, input.parse()?));
        }
        if input.peek(Lit) {
            let literal: Lit = input.parse()?;
            if input.is_empty() {
                return Ok(Self::Literal(literal));
            }
        } else {
            input.call(Path::parse_mod_style)?;
        }
        let rest: TokenStream = input.parse()?;
        let second: TokenStream = rest.into_iter().take(1).collect();
        match parse_name(&second) {
            Some(_) => Ok(Self::WithoutComma(second)),
            None => Err(syn::Error::new_spanned(second, "expected a name")),
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;
    use crate::parse::tests::parsed;

    #[test]
    fn strings_and_paths_of_constants_are_names() {
        for kind in [
            Kind::RequiresScope,
            Kind::RequiresPermission,
            Kind::RequiresRole,
        ] {
            let args = quote!("a", READ, r"b", self::scopes::READ, ::names::READ,);
            let (names, errors) = parsed(kind, args);
            assert_eq!(
                names,
                [
                    r#""a""#,
                    "READ",
                    r#"r"b""#,
                    "self::scopes::READ",
                    "::names::READ"
                ]
            );
            assert_eq!(errors, "");
        }
    }

    #[test]
    fn every_argument_that_is_not_a_name_is_reported_and_the_others_are_kept() {
        let args = quote!("a", 5, either("b"), name = "c", "d" "e", b"f", -1, , "g");
        let (scopes, errors) = parsed(Kind::RequiresScope, args);
        assert_eq!(scopes, [r#""a""#, r#""g""#]);
        for message in [
            "found an integer",
            "unknown function: `either`",
            "unknown argument of `#[requires_scope]`: `name`",
            "expected `,` before this scope",
            "found a byte string",
            "expected a scope before this `,`",
        ] {
            assert!(errors.contains(message), "{message} not in {errors}");
        }
        assert_eq!(errors.matches("compile_error").count(), 7, "{errors}");
    }

    #[test]
    fn a_suffix_is_refused() {
        let (roles, errors) = parsed(Kind::RequiresRole, quote!("a"role));
        assert!(roles.is_empty());
        assert!(errors.contains("a role cannot have a suffix"), "{errors}");
    }
}
