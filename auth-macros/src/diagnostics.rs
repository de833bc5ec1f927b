//! Formats errors as Rocket does: each underlines the tokens that are wrong, says what is wrong with
//! them, and says what to write instead.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

/// Creates an error at `place` that says what to write instead.
pub(crate) fn error(place: impl ToTokens, problem: impl Display, help: impl Display) -> Error {
    // On stable Rust a macro can only report a message. rustc prints help in this form.
    Error::new_spanned(place, format!("{problem}\n= help: {help}"))
}

/// Creates a note at a second place that an error is about, in the form of Rocket's notes.
pub(crate) fn note(place: impl ToTokens, text: impl Display) -> Error {
    Error::new_spanned(place, format!("[note] {text}"))
}

/// The errors in the input so far. All of them are reported at once.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            errors @ None => *errors = Some(error),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.as_ref().map(Error::to_compile_error));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_reported() {
        let mut errors = Errors::default();
        errors.push(error(quote::quote!(a), "first", "fix it"));
        errors.push(note(quote::quote!(b), "second"));

        let tokens = errors.into_token_stream().to_string();
        assert!(tokens.contains("first\\n= help: fix it"), "{tokens}");
        assert!(tokens.contains("[note] second"), "{tokens}");
    }
}
