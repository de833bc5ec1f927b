//! Our attributes, as they are written.

use std::fmt;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Meta, Path};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Public,
    RequiresAuth,
    RequiresScope,
}

/// One of our attributes, as it was written.
pub(crate) struct Attr {
    pub(crate) kind: Kind,
    /// How it was written; not known of the outermost.
    pub(crate) path: Option<Path>,
    pub(crate) args: TokenStream,
    /// What an error about the whole attribute underlines.
    pub(crate) place: TokenStream,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Public, Self::RequiresAuth, Self::RequiresScope];

    /// Whether `path` names one of our attributes. Only the last segment counts: the crate may have
    /// been renamed or exported by another, and taking a stranger for ours can only fail to compile
    /// or ask for more.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let last = &path.segments.last()?.ident;
        Self::ALL.into_iter().find(|kind| last == kind.name())
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::RequiresAuth => "requires_auth",
            Self::RequiresScope => "requires_scope",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#[{}]", self.name())
    }
}

impl Attr {
    /// The attribute that is being expanded, of which rustc hands over the arguments alone.
    pub(crate) fn outermost(kind: Kind, args: TokenStream) -> Self {
        let place = Ident::new(kind.name(), Span::call_site()).into_token_stream();
        Self {
            kind,
            path: None,
            args,
            place,
        }
    }

    /// An attribute further down, if it is one of ours.
    pub(crate) fn stacked(attribute: &syn::Attribute) -> Option<Self> {
        let kind = Kind::of(attribute.path())?;
        let args = match &attribute.meta {
            Meta::Path(_) => TokenStream::new(),
            Meta::List(list) => list.tokens.clone(),
            // Not a form that has a meaning: kept, so that it is refused as an argument.
            Meta::NameValue(pair) => {
                let (equals, value) = (&pair.eq_token, &pair.value);
                quote!(#equals #value)
            }
        };
        Some(Self {
            kind,
            path: Some(attribute.path().clone()),
            args,
            place: attribute.to_token_stream(),
        })
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn our_attributes_are_known_by_any_path() {
        let kind = |path: TokenStream| syn::parse2(path).ok().and_then(|path| Kind::of(&path));
        assert_eq!(kind(quote!(public)), Some(Kind::Public));
        assert_eq!(
            kind(quote!(auth_runtime::requires_auth)),
            Some(Kind::RequiresAuth)
        );
        assert_eq!(
            kind(quote!(::renamed::requires_scope)),
            Some(Kind::RequiresScope)
        );
        assert_eq!(kind(quote!(requires_auth::inner)), None);
        assert_eq!(kind(quote!(get)), None);
    }
}
