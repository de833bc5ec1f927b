//! The path of `auth-runtime`, by the name under which the user depends on it.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

const PACKAGE: &str = "auth-runtime";

pub(crate) fn path() -> TokenStream {
    match crate_name(PACKAGE) {
        Ok(FoundCrate::Name(name)) => named(&name),
        // The tests, examples and doctests of auth-runtime itself, or a build without Cargo.
        Ok(FoundCrate::Itself) | Err(_) => named("auth_runtime"),
    }
}

fn named(name: &str) -> TokenStream {
    // Cargo has accepted the name, so only a keyword needs the raw form.
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
    fn a_renamed_dependency_has_its_new_name() {
        assert_eq!(named("guarded").to_string(), ":: guarded");
    }

    #[test]
    fn a_keyword_is_written_in_its_raw_form() {
        assert_eq!(named("async").to_string(), ":: r#async");
    }
}
