//! The grammar of the arguments that name scopes.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Lit, LitStr, Path, Token};

use crate::attr::{Attr, Kind};
use crate::diagnostics::{Errors, error};

/// A scope that a token must carry.
#[derive(Clone)]
pub(crate) enum Scope {
    Literal(LitStr),
    /// The path of a `&'static str` constant.
    Constant(Path),
}

/// The scopes among the arguments of an attribute. Each argument that is none is reported.
pub(crate) fn scopes(attr: &Attr, errors: &mut Errors) -> Vec<Scope> {
    let mut scopes = Vec::new();
    for argument in arguments(&attr.args, errors) {
        match syn::parse2(argument.clone()) {
            Ok(scope) => scopes.push(scope),
            Err(_) => errors.push(not_a_scope(attr.kind, argument)),
        }
    }
    scopes
}

impl Parse for Scope {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            return match literal.suffix() {
                "" => Ok(Self::Literal(literal)),
                _ => Err(input.error("suffix")),
            };
        }
        input.call(Path::parse_mod_style).map(Self::Constant)
    }
}

impl ToTokens for Scope {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Literal(literal) => literal.to_tokens(tokens),
            Self::Constant(path) => path.to_tokens(tokens),
        }
    }
}

/// What stands between the commas.
fn arguments(args: &TokenStream, errors: &mut Errors) -> Vec<TokenStream> {
    let mut arguments = Vec::new();
    let mut current = TokenStream::new();
    for token in args.clone() {
        match token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => {
                if current.is_empty() {
                    errors.push(error(
                        comma,
                        "expected a scope before `,`",
                        "remove this comma",
                    ));
                } else {
                    arguments.push(std::mem::take(&mut current));
                }
            }
            token => current.extend([token]),
        }
    }
    if !current.is_empty() {
        arguments.push(current);
    }
    arguments
}

fn not_a_scope(kind: Kind, argument: TokenStream) -> syn::Error {
    const EXPECTED: &str = "expected a string literal or the path of a constant";

    let parts = syn::parse2::<Parts>(argument.clone());
    match parts {
        Ok(Parts::Literal(Lit::Str(literal))) => {
            let help = format!("write `{:?}`", literal.value());
            error(literal, "a scope cannot have a suffix", help)
        }
        Ok(Parts::Literal(literal)) => {
            let help = "a scope is a string, such as `\"read:messages\"`";
            error(
                &literal,
                format!("{EXPECTED}, found {}", describe(&literal)),
                help,
            )
        }
        Ok(Parts::Uncommaed(second)) => error(
            second,
            "expected `,` before this scope",
            "separate scopes by commas",
        ),
        Ok(Parts::Named(name)) => {
            let help = "its arguments are scopes: string literals, or paths of constants";
            error(
                argument,
                format!("unknown argument of `{kind}`: `{name}`"),
                help,
            )
        }
        Err(_) => {
            let help = "write `\"read:messages\"`, or the path of a `&'static str` constant";
            error(argument, EXPECTED, help)
        }
    }
}

/// What an argument looks like that is no scope.
enum Parts {
    Literal(Lit),
    /// Two scopes with no comma between them: the second.
    Uncommaed(TokenStream),
    /// `name = …` or `name(…)`.
    Named(Ident),
}

impl Parse for Parts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::Ident) && (input.peek2(Token![=]) || input.peek2(syn::token::Paren)) {
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
        let second = input.parse::<Scope>()?.into_token_stream();
        input.parse::<TokenStream>()?;
        Ok(Self::Uncommaed(second))
    }
}

fn describe(literal: &Lit) -> &'static str {
    match literal {
        Lit::ByteStr(_) => "a byte string",
        Lit::CStr(_) => "a C string",
        Lit::Byte(_) => "a byte",
        Lit::Char(_) => "a character",
        Lit::Int(_) => "an integer",
        Lit::Float(_) => "a float",
        Lit::Bool(_) => "a boolean",
        _ => "another literal",
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn parsed(args: TokenStream) -> (Vec<String>, String) {
        let mut errors = Errors::default();
        let scopes = scopes(&Attr::outermost(Kind::RequiresScope, args), &mut errors);
        let scopes = scopes
            .iter()
            .map(|scope| scope.to_token_stream().to_string());
        (scopes.collect(), errors.to_token_stream().to_string())
    }

    #[test]
    fn strings_and_paths_of_constants_are_scopes() {
        let (scopes, errors) = parsed(quote!("a", READ, r"b", self::scopes::READ, ::names::READ,));
        assert_eq!(
            scopes,
            [
                r#""a""#,
                "READ",
                r#"r"b""#,
                "self :: scopes :: READ",
                ":: names :: READ"
            ]
        );
        assert_eq!(errors, "");
    }

    #[test]
    fn every_argument_that_is_no_scope_is_reported_and_the_others_are_kept() {
        let (scopes, errors) =
            parsed(quote!("a", 5, any("b"), name = "c", "d" "e", b"f", -1, , "g"));
        assert_eq!(scopes, [r#""a""#, r#""g""#]);
        for message in [
            "found an integer",
            "unknown argument of `#[requires_scope]`: `any`",
            "unknown argument of `#[requires_scope]`: `name`",
            "expected `,` before this scope",
            "found a byte string",
            "expected a scope before `,`",
        ] {
            assert!(errors.contains(message), "{message} not in {errors}");
        }
        assert_eq!(errors.matches("compile_error").count(), 7, "{errors}");
    }

    #[test]
    fn a_suffix_is_refused() {
        let (scopes, errors) = parsed(quote!("a"scope));
        assert!(scopes.is_empty());
        assert!(errors.contains("cannot have a suffix"), "{errors}");
    }
}
