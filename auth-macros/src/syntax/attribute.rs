//! Our attributes as they are written.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Meta, Path};

use super::kind::Kind;
use crate::handoff::{Arguments, Turn};

/// One of our attributes, as it was written.
pub(crate) struct Attr {
    pub(crate) kind: Kind,
    /// Unknown for the attribute that is being expanded.
    pub(crate) path: Option<Path>,
    pub(crate) args: TokenStream,
    /// The tokens that an error about the whole attribute underlines.
    pub(crate) place: TokenStream,
    pub(crate) origin: Origin,
}

/// Where an attribute comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It was written on the item itself.
    Item,
    /// It was written on a module around the item, and checked there.
    Module(Turn),
    /// It was written on a module around the item, and is wrong.
    RefusedModule(Turn),
}

impl Attr {
    /// Creates the attribute that is being expanded, of which rustc passes only the arguments.
    pub(crate) fn expanded(kind: Kind, arguments: Arguments) -> Self {
        let place = Ident::new(kind.name(), Span::call_site()).into_token_stream();
        Self::new(kind, None, arguments, place)
    }

    /// Parses an attribute in front of an item. Returns `None` if it is not one of ours.
    pub(crate) fn from_attribute(attribute: &syn::Attribute) -> Option<Self> {
        let kind = Kind::from_path(attribute.path())?;
        let args = match &attribute.meta {
            Meta::Path(_) => TokenStream::new(),
            Meta::List(list) => list.tokens.clone(),
            // This form has no meaning. It is kept, so that it is rejected as an argument.
            Meta::NameValue(pair) => {
                let (equals, value) = (&pair.eq_token, &pair.value);
                quote!(#equals #value)
            }
        };
        let (path, place) = (attribute.path().clone(), attribute.to_token_stream());
        Some(Self::new(kind, Some(path), Arguments::read(args), place))
    }

    fn new(kind: Kind, path: Option<Path>, arguments: Arguments, place: TokenStream) -> Self {
        let (origin, args) = match arguments {
            Arguments::Written(args) => (Origin::Item, args),
            Arguments::Inherited(args, turn) => (Origin::Module(turn), args),
            Arguments::Refused(turn) => (Origin::RefusedModule(turn), TokenStream::new()),
            // These markers do not occur on an item that the user wrote. Written as an argument, one
            // is a mistake.
            Arguments::Merged | Arguments::Exempting => (Origin::Item, place.clone()),
        };
        Self {
            kind,
            path,
            args,
            place,
            origin,
        }
    }

    pub(crate) fn is_inherited(&self) -> bool {
        self.origin != Origin::Item
    }

    /// Returns whether it is expanded after the attributes of other crates.
    pub(crate) fn is_last(&self) -> bool {
        matches!(
            self.origin,
            Origin::Module(Turn::Last) | Origin::RefusedModule(Turn::Last)
        )
    }
}
