#![doc = include_str!("../docs/crate.md")]

mod check;
mod diagnostics;
mod emit;
mod handoff;
mod model;
mod parse;
mod syntax;

use proc_macro::TokenStream;
use quote::quote;

use crate::emit::{mount, runtime};
use crate::handoff::Arguments;
use crate::syntax::attribute::Attr;
use crate::syntax::kind::Kind;

#[doc = include_str!("../docs/public.md")]
#[proc_macro_attribute]
pub fn public(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::Public, args, item)
}

#[doc = include_str!("../docs/requires_auth.md")]
#[proc_macro_attribute]
pub fn requires_auth(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresAuth, args, item)
}

#[doc = include_str!("../docs/requires_scope.md")]
#[proc_macro_attribute]
pub fn requires_scope(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresScope, args, item)
}

#[doc = include_str!("../docs/requires_permission.md")]
#[proc_macro_attribute]
pub fn requires_permission(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresPermission, args, item)
}

#[doc = include_str!("../docs/requires_role.md")]
#[proc_macro_attribute]
pub fn requires_role(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresRole, args, item)
}

#[doc = include_str!("../docs/requires_claim.md")]
#[proc_macro_attribute]
pub fn requires_claim(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::RequiresClaim, args, item)
}

#[doc = include_str!("../docs/requires.md")]
#[proc_macro_attribute]
pub fn requires(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Kind::Requires, args, item)
}

#[doc = include_str!("../docs/routes.md")]
#[proc_macro]
pub fn routes(paths: TokenStream) -> TokenStream {
    print(mount::routes(paths.into(), runtime::path()))
}

#[doc = include_str!("../docs/protect.md")]
#[proc_macro]
pub fn protect(routes: TokenStream) -> TokenStream {
    print(mount::protect(routes.into(), runtime::path()))
}

/// Checks a scope of `scopes!`.
#[doc(hidden)]
#[proc_macro]
pub fn check_scope(scope: TokenStream) -> TokenStream {
    emit::scope(scope.into()).into()
}

fn attribute(kind: Kind, args: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = Arguments::read(args.into());
    if let Some(expansion) = arguments.expansion_of_merged() {
        return expansion.into();
    }
    let attr = Attr::expanded(kind, arguments);
    let item = item.into();
    print(match runtime::path() {
        Ok(runtime) => emit::expand(attr, item, &runtime),
        Err(error) => {
            let error = error.into_compile_error();
            quote!(#error #item)
        }
    })
}

/// Prints the expansion, if `AUTH_MACROS_DEBUG` is set.
fn print(tokens: proc_macro2::TokenStream) -> TokenStream {
    if std::env::var_os("AUTH_MACROS_DEBUG").is_some() {
        eprintln!("{tokens}\n");
    }
    tokens.into()
}
