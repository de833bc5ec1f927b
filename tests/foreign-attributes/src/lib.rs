//! Attributes of another crate that add attributes to a function, and a derive macro whose helper attributes
//! have the names of Rocket's route attributes.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Puts attributes above those of the item: `#[above(#[get("/")])]`.
#[proc_macro_attribute]
pub fn above(attributes: TokenStream, item: TokenStream) -> TokenStream {
    attributes.into_iter().chain(item).collect()
}

/// Puts attributes below those of the item: `#[below(#[get("/")])]`.
#[proc_macro_attribute]
pub fn below(attributes: TokenStream, item: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = item.into_iter().collect();
    let is_attribute = |pair: &&[TokenTree]| {
        matches!(
            pair,
            [TokenTree::Punct(_), TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket
        )
    };
    let written = 2 * tokens.chunks(2).take_while(is_attribute).count();
    let (written, rest) = tokens.split_at(written);
    let written = written.iter().cloned();
    written
        .chain(attributes)
        .chain(rest.iter().cloned())
        .collect()
}

/// Does nothing, and accepts the names of Rocket's route attributes.
#[proc_macro_derive(
    Helpers,
    attributes(get, put, post, delete, options, head, patch, route)
)]
pub fn helpers(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
