//! Where the expansion finds `auth-runtime`, by whatever name the user depends on it.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

const PACKAGE: &str = "auth-runtime";

pub(crate) fn path() -> TokenStream {
    match crate_name(PACKAGE) {
        Ok(FoundCrate::Name(name)) => named(&name),
        // The tests, examples and doctests of auth-runtime itself; or a build that is not Cargo's.
        Ok(FoundCrate::Itself) | Err(_) => named("auth_runtime"),
    }
}

fn named(name: &str) -> TokenStream {
    // Built from a name that Cargo has accepted, so that only a keyword needs the raw form.
    let name = match syn::parse_str::<Ident>(name) {
        Ok(_) => Ident::new(name, Span::mixed_site()),
        Err(_) => Ident::new_raw(name, Span::mixed_site()),
    };
    quote!(::#name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_dependency_is_found_by_its_new_name() {
        assert_eq!(named("guarded").to_string(), ":: guarded");
    }

    #[test]
    fn a_name_that_is_a_keyword_is_written_raw() {
        assert_eq!(named("async").to_string(), ":: r#async");
    }
}
