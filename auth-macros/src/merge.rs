//! All that the attributes of one item say about who may call it, gathered by the outermost.
//!
//! rustc evaluates `cfg` and `cfg_attr` before it expands any attribute, so what is seen here is all
//! there is.

use syn::Attribute;

use crate::attr::Attr;
use crate::route::Target;

/// The attributes that matter to us.
pub(crate) struct Declaration {
    /// The one of ours that is being expanded.
    pub(crate) outermost: Attr,
    /// Ours between that and the route attribute.
    pub(crate) stacked: Vec<Attr>,
    /// Ours below the route attribute.
    pub(crate) below: Vec<Attr>,
    pub(crate) target: Option<Target>,
}

/// Takes our attributes out of `attrs`; the others stay as they are.
pub(crate) fn gather(outermost: Attr, attrs: &mut Vec<Attribute>) -> Declaration {
    let mut found = Declaration {
        outermost,
        stacked: Vec::new(),
        below: Vec::new(),
        target: None,
    };
    attrs.retain(|attribute| {
        let Some(attr) = Attr::stacked(attribute) else {
            if found.target.is_none() {
                found.target = Target::of(attribute);
            }
            return true;
        };
        match found.target {
            Some(Target::Route(_)) => found.below.push(attr),
            Some(Target::Catcher) | None => found.stacked.push(attr),
        }
        false
    });
    found
}

impl Declaration {
    /// All of ours, in the order of the source.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Attr> {
        std::iter::once(&self.outermost).chain(self.merged())
    }

    /// All but the outermost.
    pub(crate) fn merged(&self) -> impl Iterator<Item = &Attr> {
        self.stacked.iter().chain(&self.below)
    }

    /// Those that were written on the item itself.
    pub(crate) fn own(&self) -> impl Iterator<Item = &Attr> {
        self.all().filter(|attr| !attr.inherited)
    }

    /// Those that were written on a module around it.
    pub(crate) fn inherited(&self) -> impl Iterator<Item = &Attr> {
        self.all().filter(|attr| attr.inherited)
    }
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::*;
    use crate::attr::Kind;
    use crate::item::Item;

    fn gathered(item: proc_macro2::TokenStream) -> (Declaration, String) {
        let mut item: Item = syn::parse2(item).unwrap();
        let outermost = Attr::outermost(Kind::RequiresAuth, quote!());
        let found = gather(outermost, &mut item.attrs);
        (found, item.to_token_stream().to_string())
    }

    #[test]
    fn ours_are_taken_out_and_the_others_keep_their_order() {
        let (found, rest) = gathered(quote! {
            #[doc = "a"] #[requires_scope("a")] #[inline] #[auth_runtime::requires_scope["b"]]
            #[get("/")] #[must_use] fn f() {}
        });
        let args: Vec<_> = found.all().map(|attr| attr.args.to_string()).collect();

        assert_eq!(args, ["", "\"a\"", "\"b\""]);
        assert!(matches!(&found.target, Some(Target::Route(route)) if route.name == "get"));
        assert!(found.below.is_empty());
        assert_eq!(
            rest,
            quote!(
                #[doc = "a"]
                #[inline]
                #[get("/")]
                #[must_use]
                fn f() {}
            )
            .to_string()
        );
    }

    #[test]
    fn ours_below_the_route_attribute_are_told_apart() {
        let (found, rest) = gathered(quote! {
            #[::rocket::post("/")] #[public] fn f() {}
        });
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
    fn those_of_a_module_are_told_apart() {
        let (found, _) = gathered(quote! {
            #[x::requires_scope(__module, "a")] #[requires_scope("b")] #[get("/")] fn f() {}
        });
        assert_eq!(found.inherited().count(), 1);
        assert_eq!(found.own().count(), 2);
    }
}
