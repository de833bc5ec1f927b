//! All of our attributes on one item, gathered when the outermost is expanded.
//!
//! rustc evaluates `cfg` and `cfg_attr` before it expands any attribute of the item, so these are all
//! the attributes there are.

use super::attribute::Attr;
use super::item::ItemAttribute;
use super::route::Target;

/// The attributes of an item that matter to us.
pub(crate) struct Attributes {
    /// The attribute that is being expanded.
    pub(crate) outermost: Attr,
    /// Our attributes between that and the route attribute.
    pub(crate) stacked: Vec<Attr>,
    /// Our attributes below the route attribute.
    pub(crate) below: Vec<Attr>,
    pub(crate) target: Option<Target>,
}

impl Attributes {
    /// Takes our attributes out of `attrs` and leaves the others as they are.
    pub(crate) fn gather(outermost: Attr, attrs: &mut Vec<ItemAttribute>) -> Self {
        let mut gathered = Self {
            outermost,
            stacked: Vec::new(),
            below: Vec::new(),
            target: None,
        };
        attrs.retain(|attribute| {
            let Some(parsed) = &attribute.parsed else {
                return true;
            };
            let Some(attr) = Attr::from_attribute(parsed) else {
                if gathered.target.is_none() {
                    gathered.target = Target::from_attribute(parsed);
                }
                return true;
            };
            match gathered.target {
                Some(Target::Route(_)) => gathered.below.push(attr),
                Some(Target::Catcher) | None => gathered.stacked.push(attr),
            }
            false
        });
        gathered
    }

    /// Returns all of our attributes, in the order of the source.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Attr> {
        std::iter::once(&self.outermost).chain(self.merged())
    }

    /// Returns all of our attributes except the outermost.
    pub(crate) fn merged(&self) -> impl Iterator<Item = &Attr> {
        self.stacked.iter().chain(&self.below)
    }

    /// Returns the attributes that were written on the item itself.
    pub(crate) fn own(&self) -> impl Iterator<Item = &Attr> {
        self.all().filter(|attr| !attr.is_inherited())
    }

    /// Returns the attributes that were written on a module around it.
    pub(crate) fn inherited(&self) -> impl Iterator<Item = &Attr> {
        self.all().filter(|attr| attr.is_inherited())
    }

    /// Returns the attribute to name in an error about the item. If possible, it is one that was
    /// written on the item.
    pub(crate) fn named(&self) -> &Attr {
        self.own().next().unwrap_or(&self.outermost)
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::{ToTokens, quote};

    use super::*;
    use crate::handoff::Arguments;
    use crate::syntax::item::Item;
    use crate::syntax::kind::Kind;

    fn gathered(item: TokenStream) -> (Attributes, String) {
        let mut item = Item::parse(item);
        let outermost = Attr::expanded(Kind::RequiresAuth, Arguments::read(quote!()));
        let found = Attributes::gather(outermost, &mut item.attrs);
        (found, item.to_token_stream().to_string())
    }

    #[test]
    fn our_attributes_are_taken_out_and_the_others_keep_their_order() {
        let (found, rest) = gathered(quote! {
            #[doc = "a"] #[requires_scope("a")] #[inline] #[auth_runtime::requires_scope["b"]]
            #[get("/")] #[must_use] fn f() {}
        });
        let args: Vec<_> = found.all().map(|attr| attr.args.to_string()).collect();

        assert_eq!(args, ["", "\"a\"", "\"b\""]);
        assert!(matches!(&found.target, Some(Target::Route(route)) if route.name == "get"));
        assert!(found.below.is_empty());
        let expected = quote!(
            #[doc = "a"]
            #[inline]
            #[get("/")]
            #[must_use]
            fn f() {}
        );
        assert_eq!(rest, expected.to_string());
    }

    #[test]
    fn our_attributes_below_the_route_attribute_are_kept_apart() {
        let (found, rest) = gathered(quote!(
            #[::rocket::post("/")]
            #[public]
            fn f() {}
        ));
        assert!(found.stacked.is_empty());
        assert_eq!(found.below.len(), 1);
        assert_eq!(
            rest,
            quote!(
                #[::rocket::post("/")]
                fn f() {}
            )
            .to_string()
        );
    }

    #[test]
    fn the_attributes_of_a_module_are_kept_apart() {
        let (found, _) = gathered(quote! {
            #[x::requires_scope(__module, "a")] #[requires_scope("b")] #[get("/")] fn f() {}
        });
        assert_eq!(found.inherited().count(), 1);
        assert_eq!(found.own().count(), 2);
        assert_eq!(found.named().kind, Kind::RequiresAuth);
    }
}
