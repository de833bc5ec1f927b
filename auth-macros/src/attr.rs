//! Our attributes, as they are written.

use std::fmt;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Meta, Path};

/// The first argument of an attribute that a module has handed down.
const INHERITED: &str = "__module";
/// The argument of one that stands for the attributes of a module, which are wrong.
const REFUSED: &str = "__refuse";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Public,
    Requires,
    RequiresAuth,
    RequiresClaim,
    RequiresPermission,
    RequiresRole,
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
    /// Whether it was written on a module around the item.
    pub(crate) inherited: bool,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Public,
        Self::Requires,
        Self::RequiresAuth,
        Self::RequiresClaim,
        Self::RequiresPermission,
        Self::RequiresRole,
        Self::RequiresScope,
    ];

    /// Whether `path` names one of our attributes. Only the last segment counts: the crate may have
    /// been renamed or exported by another. To take a stranger for ours can only fail to compile or
    /// ask for more, save for a `public` that exempts: that one has to prove itself in the expansion.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        Self::named(&path.segments.last()?.ident)
    }

    pub(crate) fn named(name: &Ident) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| name == kind.name())
    }

    /// The kind that `scope(…)`, `permission(…)`, `role(…)` or `claim(…)` stands for within
    /// `#[requires(…)]`.
    pub(crate) fn mixed(name: &Ident) -> Option<Self> {
        let mut mixable = Self::ALL.into_iter().filter(|kind| kind.is_mixable());
        mixable.find(|kind| name == kind.noun())
    }

    /// Whether `#[requires(…)]` takes it beside rules, by its noun.
    pub(crate) fn is_mixable(self) -> bool {
        matches!(
            self,
            Self::RequiresClaim
                | Self::RequiresPermission
                | Self::RequiresRole
                | Self::RequiresScope
        )
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Requires => "requires",
            Self::RequiresAuth => "requires_auth",
            Self::RequiresClaim => "requires_claim",
            Self::RequiresPermission => "requires_permission",
            Self::RequiresRole => "requires_role",
            Self::RequiresScope => "requires_scope",
        }
    }

    /// What its arguments are.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Public | Self::RequiresAuth => "argument",
            Self::Requires => "rule",
            Self::RequiresClaim => "claim",
            Self::RequiresPermission => "permission",
            Self::RequiresRole => "role",
            Self::RequiresScope => "scope",
        }
    }

    /// One argument, as it may be written.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Public => "",
            Self::Requires => "MyRule",
            Self::RequiresAuth => "max_age = 300",
            Self::RequiresClaim => r#"org_id = "acme""#,
            Self::RequiresPermission | Self::RequiresScope => r#""read:messages""#,
            Self::RequiresRole => r#""admin""#,
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
        let (inherited, args) = inherited(args);
        Self {
            kind,
            path: None,
            args,
            place,
            inherited,
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
        let (inherited, args) = inherited(args);
        Some(Self {
            kind,
            path: Some(attribute.path().clone()),
            args,
            place: attribute.to_token_stream(),
            inherited,
        })
    }

    /// The attribute as a module hands it down to what it contains.
    pub(crate) fn handed_down(&self, runtime: &TokenStream) -> TokenStream {
        let span = Span::mixed_site().located_at(self.place.span());
        let (name, inherited) = (
            Ident::new(self.kind.name(), span),
            Ident::new(INHERITED, span),
        );
        let args = &self.args;
        let comma = (!args.is_empty()).then(|| quote_spanned!(span=> ,));
        quote_spanned!(span=> #[#runtime::#name(#inherited #comma #args)])
    }

    /// What a module hands down when its attributes are wrong, which has been reported there.
    pub(crate) fn refusal(place: &TokenStream) -> Self {
        let refused = Ident::new(REFUSED, Span::mixed_site());
        Self {
            kind: Kind::RequiresAuth,
            path: None,
            args: refused.into_token_stream(),
            place: place.clone(),
            inherited: true,
        }
    }

    pub(crate) fn is_refusal(&self) -> bool {
        let argument = || syn::parse2::<Ident>(self.args.clone());
        self.inherited && argument().is_ok_and(|argument| argument == REFUSED)
    }
}

/// Whether a module has handed these arguments down, and those that were written.
fn inherited(args: TokenStream) -> (bool, TokenStream) {
    let mut rest = args.clone().into_iter();
    match rest.next() {
        Some(TokenTree::Ident(first)) if first == INHERITED => (true, rest.skip(1).collect()),
        _ => (false, args),
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
        for known in Kind::ALL {
            assert_eq!(kind(known.name().parse().unwrap()), Some(known));
        }
    }

    #[test]
    fn what_a_module_hands_down_is_known_as_such() {
        for (args, written) in [(quote!("a", b), "\"a\" , b"), (quote!(), "")] {
            let attr = Attr::outermost(Kind::RequiresScope, args);
            assert!(!attr.inherited);

            let tokens = attr.handed_down(&quote!(::auth_runtime));
            let attribute = syn::parse::Parser::parse2(syn::Attribute::parse_outer, tokens);
            let handed_down = Attr::stacked(&attribute.unwrap()[0]).unwrap();
            assert!(handed_down.inherited);
            assert_eq!(handed_down.kind, Kind::RequiresScope);
            assert_eq!(handed_down.args.to_string(), written);
        }
    }
}
