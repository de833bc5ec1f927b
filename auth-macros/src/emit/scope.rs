//! Checks a scope that `scopes!` declares. A valid scope expands to nothing, and an invalid one to an
//! error.

use proc_macro2::TokenStream;
use syn::LitStr;

use crate::check::values::require_scope_token;
use crate::diagnostics::error;
use crate::syntax::tokens::flattened;

pub(crate) fn scope(scope: TokenStream) -> TokenStream {
    let checked = match syn::parse2::<LitStr>(flattened(scope.clone()).into_iter().collect()) {
        Ok(literal) => require_scope_token(&literal),
        Err(_) => Err(error(
            scope,
            "a scope must be a string",
            "write `\"read:messages\"`",
        )),
    };
    checked.map_or_else(syn::Error::into_compile_error, |()| TokenStream::new())
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn only_a_scope_expands_to_nothing() {
        assert!(scope(quote!("read:*,a")).is_empty());
        for wrong in [quote!("a b"), quote!(""), quote!(5), quote!(a)] {
            assert!(scope(wrong).to_string().contains("compile_error"));
        }
    }
}
