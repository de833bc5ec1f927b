//! Passes information from one expansion to another.
//!
//! rustc expands attributes one at a time, from the outside in, and each expansion sees only the
//! tokens below it. An expansion leaves markers in those tokens for a later one. This module owns all
//! of them:
//!
//! | marker | written by | read by | meaning |
//! | --- | --- | --- | --- |
//! | `__module`, the first argument | the attribute of a module | an attribute inside | the module requires this; its attribute has been checked |
//! | `__module, __last` | the same attribute, expanded | itself | all attributes of other crates have been expanded |
//! | `__module, __refuse` | the same, if it is wrong | an attribute inside | refuse everyone; the mistake has been reported |
//! | `__merged`, the argument | an attribute that has merged another one | the other one | expand to nothing: you have been merged |
//! | `__exempting`, the argument | an attribute that a `public` below exempts from | that `public` | prove that you are ours |
//! | [`PROOF`], a constant | that `public` | the compiler | the proof: another crate's `public` does not define it |
//! | [`GUARD`], a parameter of type [`AUTHORIZED`] | an attribute that protects a handler | an attribute below that it did not recognize | the handler is already protected |

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

const MODULE: &str = "__module";
const LAST: &str = "__last";
const REFUSE: &str = "__refuse";
const MERGED: &str = "__merged";
const EXEMPTING: &str = "__exempting";
const PROOF: &str = "__AUTH_EXEMPTED_BY_PUBLIC_OF_AUTH_RUNTIME";

/// The name of the parameter that guards a handler.
pub(crate) const GUARD: &str = "__auth_authorized";
/// The name of the type of that parameter.
pub(crate) const AUTHORIZED: &str = "Authorized";
/// The name of the parameter that comes after all other guards of a handler.
const LAST_GUARD: &str = "__auth_no_refusal";

/// The arguments of one of our attributes, by who wrote them.
pub(crate) enum Arguments {
    /// The user.
    Written(TokenStream),
    /// The attribute of a module, which the user wrote with these arguments.
    Inherited(TokenStream, Turn),
    /// The attribute of a module that is wrong.
    Refused(Turn),
    /// An attribute that has merged this one.
    Merged,
    /// An attribute that has merged this one, and relies on it being our `public`.
    Exempting,
}

/// When the attribute of a module is expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Attributes of other crates on the same item may still have to be expanded.
    Any,
    /// They have been expanded.
    Last,
}

impl Arguments {
    /// Determines who wrote the arguments.
    pub(crate) fn read(args: TokenStream) -> Self {
        let mut tokens = args.clone().into_iter();
        let Some(TokenTree::Ident(first)) = tokens.next() else {
            return Self::Written(args);
        };
        if first == MODULE {
            let mut inherited: TokenStream = tokens.skip(1).collect();
            let mut turn = Turn::Any;
            if matches!(inherited.clone().into_iter().next(), Some(TokenTree::Ident(it)) if it == LAST)
            {
                inherited = inherited.into_iter().skip(2).collect();
                turn = Turn::Last;
            }
            let is_refused = syn::parse2::<Ident>(inherited.clone()).is_ok_and(|it| it == REFUSE);
            return if is_refused {
                Self::Refused(turn)
            } else {
                Self::Inherited(inherited, turn)
            };
        }
        let is_only = tokens.next().is_none();
        if is_only && first == MERGED {
            Self::Merged
        } else if is_only && first == EXEMPTING {
            Self::Exempting
        } else {
            Self::Written(args)
        }
    }

    /// Returns the expansion of an attribute that has been merged.
    pub(crate) fn expansion_of_merged(&self) -> Option<TokenStream> {
        match self {
            Self::Merged => Some(TokenStream::new()),
            Self::Exempting => {
                let proof = mixed(PROOF);
                Some(quote_spanned!(Span::mixed_site()=> const #proof: () = ();))
            }
            Self::Written(_) | Self::Inherited(..) | Self::Refused(_) => None,
        }
    }
}

/// Returns the attribute of a module in the form that is put on an item inside.
pub(crate) fn inherited(
    runtime: &TokenStream,
    name: &str,
    args: &TokenStream,
    turn: Turn,
    span: Span,
) -> TokenStream {
    let span = Span::mixed_site().located_at(span);
    let (name, module) = (Ident::new(name, span), Ident::new(MODULE, span));
    let last = (turn == Turn::Last).then(|| {
        let last = Ident::new(LAST, span);
        quote_spanned!(span=> , #last)
    });
    let comma = (!args.is_empty()).then(|| quote_spanned!(span=> ,));
    quote_spanned!(span=> #[#runtime::#name(#module #last #comma #args)])
}

/// Returns the attribute that is put on the items of a module whose attribute is wrong.
pub(crate) fn refusal(runtime: &TokenStream, turn: Turn, span: Span) -> TokenStream {
    let refuse = Ident::new(REFUSE, Span::mixed_site()).into_token_stream();
    inherited(runtime, "requires_auth", &refuse, turn, span)
}

/// Generates what remains of an attribute that was merged. rustc resolves its path, so that an import
/// of it is used and an unknown name is an error.
pub(crate) fn merged(path: &syn::Path) -> TokenStream {
    let merged = mixed(MERGED);
    quote_spanned!(Span::mixed_site()=> #[#path(#merged)] const _: () = ();)
}

/// Generates what remains of a `public` that exempts from what a module requires. It does not compile
/// unless the attribute is ours.
pub(crate) fn exempting(path: &syn::Path) -> TokenStream {
    let (exempting, proof) = (mixed(EXEMPTING), mixed(PROOF));
    quote_spanned! { Span::mixed_site() =>
        const _: () = {
            #[#path(#exempting)] const _: () = ();
            #proof
        };
    }
}

/// Returns the parameter that guards the handler `route`.
pub(crate) fn guard(runtime: &TokenStream, route: &Ident) -> TokenStream {
    let (guard, authorized) = (mixed(GUARD), mixed(AUTHORIZED));
    let colon = quote_spanned!(Span::mixed_site()=> :);
    quote!(#guard #colon #runtime::#authorized<#route>)
}

/// Returns the parameter after all other guards of a handler, which records that none of them refused
/// the request.
pub(crate) fn last_guard(runtime: &TokenStream) -> TokenStream {
    let guard = mixed(LAST_GUARD);
    let colon = quote_spanned!(Span::mixed_site()=> :);
    quote!(#guard #colon #runtime::__private::NoRefusal)
}

fn mixed(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_module_hands_down_is_read_as_such() {
        let runtime = quote!(::auth_runtime);
        for turn in [Turn::Any, Turn::Last] {
            for args in [quote!("a", b), quote!()] {
                let tokens = inherited(&runtime, "requires_scope", &args, turn, Span::call_site());
                let read = Arguments::read(arguments(tokens));
                let Arguments::Inherited(read, read_turn) = read else {
                    panic!("it is inherited");
                };
                assert_eq!(read.to_string(), args.to_string());
                assert_eq!(read_turn, turn);
            }
            let tokens = refusal(&runtime, turn, Span::call_site());
            let read = Arguments::read(arguments(tokens));
            assert!(matches!(read, Arguments::Refused(read) if read == turn));
        }
    }

    #[test]
    fn a_merged_attribute_expands_to_nothing_or_to_the_proof() {
        let path = syn::parse_quote!(a::public);
        let read = Arguments::read(arguments(merged(&path)));
        assert!(read.expansion_of_merged().unwrap().is_empty());
        assert!(
            exempting(&path)
                .to_string()
                .contains("# [a :: public (__exempting)]")
        );
        let read = Arguments::read(quote!(__exempting));
        assert!(
            read.expansion_of_merged()
                .unwrap()
                .to_string()
                .contains(PROOF)
        );
        for args in [quote!("a"), quote!(), quote!(__merged, "a")] {
            assert!(Arguments::read(args).expansion_of_merged().is_none());
        }
    }

    fn arguments(attribute: TokenStream) -> TokenStream {
        let attribute = syn::parse::Parser::parse2(
            |input: syn::parse::ParseStream<'_>| {
                let attributes = input.call(syn::Attribute::parse_outer)?;
                input.parse::<TokenStream>()?;
                Ok(attributes)
            },
            attribute,
        );
        match &attribute.unwrap()[0].meta {
            syn::Meta::List(list) => list.tokens.clone(),
            _ => panic!("it has arguments"),
        }
    }
}
