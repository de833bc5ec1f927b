//! Reports modules whose attributes would not reach all of their routes.

use proc_macro2::{Ident, TokenStream};
use syn::Path;

use crate::diagnostics::error;
use crate::syntax::kind::Kind;

/// Reports an attribute on `mod name;`.
pub(crate) fn elsewhere(kind: Kind, place: &TokenStream, module: &str) -> syn::Error {
    let problem =
        format!("`{kind}` cannot see into the module `{module}`, which is in another file");
    let here = format!("on each route in that file, or on `mod {module} {{ … }}`");
    let help = match kind {
        // `routes!` does not take `#![public]`.
        Kind::Public => format!("write it {here}"),
        _ => format!(
            "write it where the routes are mounted, as in `routes![ #![…] {module}::… ]`; or write it \
             {here}"
        ),
    };
    error(place, problem, help)
}

/// Reports a macro call in a module with an attribute.
pub(crate) fn macro_call(kind: Kind, name: &Ident) -> syn::Error {
    let problem = format!("`{kind}` on the module cannot see what `{name}!` expands to");
    let help = "move the call out of the module: the module would not protect a route that the call \
                defines";
    error(name, problem, help)
}

/// Reports an attribute inside a function or another item, in a module with an attribute.
pub(crate) fn nested_route(kind: Kind, path: &Path) -> syn::Error {
    let problem = format!("`{kind}` on the module does not reach a route inside another item");
    let help = "move the route out, so that it is an item of the module";
    error(path, problem, help)
}

/// Reports an attribute on a module without routes.
pub(crate) fn no_routes(kind: Kind, place: &TokenStream, module: &str) -> syn::Error {
    let problem = format!("`{kind}` protects nothing: the module `{module}` has no routes");
    let help = "a route is a function with a route attribute such as `#[get]`; routes that macro \
                calls define, and routes inside functions, are not seen here";
    error(place, problem, help)
}
