//! Scopes, permissions and roles: strings, or constants.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Lit, Path, Token};

use super::describe;
use crate::attr::Kind;
use crate::diagnostics::error;
use crate::requirement::Text;

pub(super) fn name(kind: Kind, argument: &TokenStream) -> syn::Result<Text> {
    syn::parse2(argument.clone()).map_err(|_| not_a_name(kind, argument))
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
        Ok(Parts::Uncommaed(second)) => {
            let problem = format!("expected `,` before this {noun}");
            error(second, problem, format!("separate {noun}s by commas"))
        }
        Ok(Parts::Named(name)) => {
            let problem = format!("unknown argument of `{kind}`: `{name}`");
            let help = if name == "not_found" || name == "report_only" {
                format!("write `{name}` alone, as the last argument")
            } else if name.to_string().trim_end_matches('s') == noun {
                format!(
                    "write the {noun} alone, as in `#[{}({example})]`",
                    kind.name()
                )
            } else {
                format!(
                    "its arguments are {noun}s: string literals, or paths of constants; to require \
                     a claim, write `#[requires_claim({name} = …)]`"
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

/// What an argument looks like that is no name.
enum Parts {
    Literal(Lit),
    /// Two names with no comma between them: the second.
    Uncommaed(TokenStream),
    /// `name = …`.
    Named(Ident),
}

impl Parse for Parts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let name = input.parse()?;
            input.parse::<TokenStream>()?;
            return Ok(Self::Named(name));
        }
        if input.peek(Lit) {
            let literal: Lit = input.parse()?;
            if input.is_empty() {
                return Ok(Self::Literal(literal));
            }
        } else {
            input.call(Path::parse_mod_style)?;
        }
        let second = input.parse::<Text>()?.into_token_stream();
        input.parse::<TokenStream>()?;
        Ok(Self::Uncommaed(second))
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::super::tests::parsed;
    use super::*;

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
                    r#""b""#,
                    "self::scopes::READ",
                    "::names::READ"
                ]
            );
            assert_eq!(errors, "");
        }
    }

    #[test]
    fn every_argument_that_is_no_name_is_reported_and_the_others_are_kept() {
        let args = quote!("a", 5, either("b"), name = "c", "d" "e", b"f", -1, , "g");
        let (scopes, errors) = parsed(Kind::RequiresScope, args);
        assert_eq!(scopes, [r#""a""#, r#""g""#]);
        for message in [
            "found an integer",
            "unknown function: `either`",
            "unknown argument of `#[requires_scope]`: `name`",
            "expected `,` before this scope",
            "found a byte string",
            "there is no scope before this `,`",
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
