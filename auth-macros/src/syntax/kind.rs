//! Our attributes, by name.

use std::fmt;

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Attribute, Meta, Path};

use super::tokens::mentions;

/// One of our attributes.
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

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::Public,
        Self::Requires,
        Self::RequiresAuth,
        Self::RequiresClaim,
        Self::RequiresPermission,
        Self::RequiresRole,
        Self::RequiresScope,
    ];

    /// Returns the attribute that `path` names. Only the last segment counts, because the crate may
    /// have been renamed or re-exported. A false positive can only break the build or tighten the
    /// policy, except for a `public` that exempts from a requirement: that one has to prove that it
    /// is ours.
    pub(crate) fn from_path(path: &Path) -> Option<Self> {
        Self::from_name(&path.segments.last()?.ident)
    }

    pub(crate) fn from_name(name: &Ident) -> Option<Self> {
        let name = name.unraw();
        Self::ALL.into_iter().find(|kind| name == kind.name())
    }

    /// Returns the attribute whose grammar `scope(…)`, `permission(…)`, `role(…)` or `claim(…)`
    /// follows inside `#[requires(…)]`.
    pub(crate) fn from_noun(noun: &Ident) -> Option<Self> {
        let mut kinds = Self::ALL.into_iter().filter(|kind| kind.is_mixable());
        kinds.find(|kind| noun == kind.noun())
    }

    /// Returns whether `#[requires(…)]` takes its arguments, inside a call named by its noun.
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

    /// Returns the noun for one of its arguments.
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

    /// Returns an example of one of its arguments.
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

    /// Returns an example of alternatives.
    pub(crate) fn alternatives(self) -> &'static str {
        match self {
            Self::Public | Self::RequiresAuth => self.example(),
            Self::Requires => "MyRule, OtherRule",
            Self::RequiresClaim => r#"org_id = "a", org_id = "b""#,
            Self::RequiresPermission | Self::RequiresScope => r#""read", "write""#,
            Self::RequiresRole => r#""admin", "editor""#,
        }
    }
}

/// Returns whether the attribute is one of ours, or may become one: inside a module that is being
/// expanded, `cfg_attr` has not been evaluated yet.
pub(crate) fn may_be_ours(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            mentions(list.tokens.clone(), &|word| Kind::from_name(word).is_some())
        }
        _ => Kind::from_path(attribute.path()).is_some(),
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#[{}]", self.name())
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn our_attributes_are_recognized_by_any_path() {
        let kind = |path| {
            syn::parse2(path)
                .ok()
                .and_then(|path| Kind::from_path(&path))
        };
        assert_eq!(kind(quote!(public)), Some(Kind::Public));
        assert_eq!(
            kind(quote!(auth_runtime::requires_auth)),
            Some(Kind::RequiresAuth)
        );
        assert_eq!(
            kind(quote!(::renamed::requires_scope)),
            Some(Kind::RequiresScope)
        );
        assert_eq!(kind(quote!(r#public)), Some(Kind::Public));
        assert_eq!(kind(quote!(requires_auth::inner)), None);
        assert_eq!(kind(quote!(get)), None);
        for known in Kind::ALL {
            assert_eq!(kind(known.name().parse().unwrap()), Some(known));
        }
    }
}
