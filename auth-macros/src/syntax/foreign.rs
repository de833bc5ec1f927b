//! Attributes of other crates, which may add attributes to a function.

use syn::Attribute;

/// Attributes of the compiler that leave a function as it is. Those that can be imported under the name of
/// another one, such as `test`, are missing.
const BUILT_IN: [&str; 22] = [
    "allow",
    "cfg",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "ignore",
    "inline",
    "link_section",
    "must_use",
    "no_mangle",
    "panic_handler",
    "proc_macro",
    "proc_macro_attribute",
    "proc_macro_derive",
    "should_panic",
    "target_feature",
    "track_caller",
    "warn",
];
/// Tools whose attributes the compiler ignores.
const TOOLS: [&str; 5] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];

/// Returns whether the attribute may be a macro. If it is one, it may add the attribute of a route, and one
/// of ours above that.
pub(crate) fn may_be_macro(attribute: &Attribute) -> bool {
    let path = attribute.path();
    let Some(first) = path.segments.first() else {
        return false;
    };
    let names: &[&str] = if path.segments.len() == 1 {
        &BUILT_IN
    } else {
        &TOOLS
    };
    path.leading_colon.is_some() || names.iter().all(|name| first.ident != name)
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;
    use syn::parse::Parser;

    use super::*;

    #[test]
    fn only_what_the_compiler_knows_is_not_a_macro() {
        let may_be_macro = |tokens: TokenStream| {
            let attributes = Attribute::parse_outer.parse2(tokens).unwrap();
            super::may_be_macro(&attributes[0])
        };
        for known in [
            quote!(#[inline(always)]),
            quote!(#[doc = "text"]),
            quote!(#[clippy::msrv = "1"]),
            quote!(#[rustfmt::skip]),
        ] {
            assert!(!may_be_macro(known.clone()), "{known}");
        }
        for unknown in [
            quote!(#[tracing::instrument]),
            quote!(#[api("/users")]),
            quote!(#[cfg_attr(all(), inline)]),
            quote!(#[::clippy::msrv]),
            quote!(#[clippy]),
        ] {
            assert!(may_be_macro(unknown.clone()), "{unknown}");
        }
    }
}
