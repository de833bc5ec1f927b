//! Finds the path of `auth-runtime`, under the name by which the user depends on it.

use proc_macro_crate::{Error, FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::diagnostics::error;

const PACKAGE: &str = "auth-runtime";

pub(crate) fn path() -> syn::Result<TokenStream> {
    Ok(match crate_name(PACKAGE) {
        Ok(FoundCrate::Name(name)) => named(&name),
        Err(Error::CrateNotFound { .. }) => return Err(not_a_dependency()),
        // The tests, examples and doctests of auth-runtime itself, or a build without Cargo.
        Ok(FoundCrate::Itself) | Err(_) => named("auth_runtime"),
    })
}

fn not_a_dependency() -> syn::Error {
    let problem = "`auth-runtime` is not a dependency of this package";
    let help = "add it to the dependencies in Cargo.toml, even if another crate re-exports the macros: \
                they expand to paths that begin with its name";
    error(TokenStream::new(), problem, help)
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
