//! Parses Rocket's route attributes.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, LitStr, Meta, Path, Token};

use super::tokens::mentions;

const ROUTE_ATTRIBUTES: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "route",
];
const CATCHER_ATTRIBUTE: &str = "catch";

/// The role of an item in Rocket.
pub(crate) enum Target {
    Route(Route),
    Catcher,
}

/// A route attribute.
pub(crate) struct Route {
    /// The attribute's name.
    pub(crate) name: String,
    /// `None` if Rocket is going to reject the attribute.
    pub(crate) uri: Option<LitStr>,
    pub(crate) parameters: Parameters,
    /// The name of the parameter that is read from the request's body.
    pub(crate) data: Option<String>,
    /// The tokens that an error about it underlines.
    pub(crate) place: TokenStream,
}

/// The dynamic parts of a route's URI, by their names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    pub(crate) segments: Vec<String>,
    /// `<name..>`, at the end of the path.
    pub(crate) trailing: Option<String>,
    pub(crate) query: Vec<String>,
}

impl Target {
    pub(crate) fn from_attribute(attribute: &Attribute) -> Option<Self> {
        let path = attribute.path();
        if path.segments.last()?.ident.unraw() == CATCHER_ATTRIBUTE {
            return Some(Self::Catcher);
        }
        let name = route_attribute(path)?;
        let (uri, data) = match &attribute.meta {
            Meta::List(list) => uri_and_data(list.tokens.clone()),
            Meta::Path(_) | Meta::NameValue(_) => (None, None),
        };
        Some(Self::Route(Route {
            name: name.to_owned(),
            parameters: uri.as_ref().map(Parameters::parse).unwrap_or_default(),
            uri,
            data: data.and_then(|data| Some(dynamic(&data.value())?.to_owned())),
            place: attribute.to_token_stream(),
        }))
    }
}

/// Returns whether the attribute makes a route, or may do so: inside a module that is being expanded,
/// `cfg_attr` has not been evaluated yet.
pub(crate) fn may_be_route(attribute: &Attribute) -> bool {
    if route_attribute(attribute.path()).is_some() {
        return true;
    }
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            mentions(list.tokens.clone(), &|word| {
                let word = word.unraw();
                ROUTE_ATTRIBUTES.iter().any(|name| word == name)
            })
        }
        _ => false,
    }
}

impl Parameters {
    fn parse(uri: &LitStr) -> Self {
        let uri = uri.value();
        let (path, query) = uri.split_once('?').unwrap_or((&uri, ""));
        let mut parameters = Self::default();
        for name in path.split('/').filter_map(dynamic) {
            match name.strip_suffix("..") {
                Some(trailing) => parameters.trailing = Some(trailing.to_owned()),
                None => parameters.segments.push(name.to_owned()),
            }
        }
        let query = query.split('&').filter_map(dynamic);
        parameters.query = query
            .map(|name| name.trim_end_matches('.').to_owned())
            .collect();
        parameters
    }
}

/// Returns the text between `<` and `>`. `<_>` has no name.
fn dynamic(part: &str) -> Option<&str> {
    let name = part.strip_prefix('<')?.strip_suffix('>')?;
    is_name(name.strip_suffix("..").unwrap_or(name)).then_some(name)
}

/// Returns whether a parameter can have this name.
pub(crate) fn is_name(name: &str) -> bool {
    Ident::parse_any.parse_str(name).is_ok() && name != "_"
}

fn route_attribute(path: &Path) -> Option<&'static str> {
    let last = path.segments.last()?.ident.unraw();
    ROUTE_ATTRIBUTES.into_iter().find(|name| last == name)
}

/// Finds `"/uri"` or `uri = "/uri"`, and `data = "<name>"`, among arguments of any form.
fn uri_and_data(arguments: TokenStream) -> (Option<LitStr>, Option<LitStr>) {
    let find = |input: ParseStream<'_>| {
        let (mut uri, mut data) = (None, None);
        while !input.is_empty() {
            let is_named = input.peek(syn::Ident) && input.peek2(Token![=]);
            let name: Option<Ident> = if is_named { Some(input.parse()?) } else { None };
            if is_named {
                input.parse::<Token![=]>()?;
            }
            let argument = match name {
                Some(name) if name == "data" => Some(&mut data),
                Some(name) if name != "uri" => None,
                _ => Some(&mut uri),
            };
            if let Some(argument @ None) = argument
                && input.peek(LitStr)
            {
                *argument = Some(input.parse()?);
            }
            while !input.is_empty() && !input.peek(Token![,]) {
                input.parse::<TokenTree>()?;
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok((uri, data))
    };
    find.parse2(arguments).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn attribute(tokens: TokenStream) -> Attribute {
        Attribute::parse_outer.parse2(tokens).unwrap().remove(0)
    }

    fn parameters(tokens: TokenStream) -> Parameters {
        match Target::from_attribute(&attribute(tokens)) {
            Some(Target::Route(route)) => route.parameters,
            _ => panic!("not a route"),
        }
    }

    #[test]
    fn every_route_attribute_is_recognized() {
        for name in ROUTE_ATTRIBUTES {
            let path: Path = syn::parse_str(&format!("rocket::{name}")).unwrap();
            let target = Target::from_attribute(&attribute(quote!(#[#path("/")])));
            assert!(matches!(target, Some(Target::Route(route)) if route.name == name));
        }
        let raw = Target::from_attribute(&attribute(quote!(#[r#get("/")])));
        assert!(matches!(raw, Some(Target::Route(route)) if route.name == "get"));
        assert!(matches!(
            Target::from_attribute(&attribute(quote!(#[rocket::catch(404)]))),
            Some(Target::Catcher)
        ));
        assert!(Target::from_attribute(&attribute(quote!(#[inline]))).is_none());
    }

    #[test]
    fn the_parameters_of_a_uri_are_found_in_every_form_of_the_attribute() {
        let expected = Parameters {
            segments: vec!["a".into(), "type".into()],
            trailing: Some("rest".into()),
            query: vec!["q".into(), "all".into()],
        };
        for attribute in [
            quote!(#[get("/x/<a>/<_>/<type>/y<z>/<rest..>?<q>&k=v&<all..>")]),
            quote!(#[post("/<a>/<type>/<rest..>?<q>&<all..>", data = "<no>", rank = 2)]),
            quote!(#[route(GET, uri = "/<a>/<type>/<rest..>?<q>&<all..>", format = "<no>")]),
            quote!(#[get(uri = "/<a>/<type>/<rest..>?<q>&<all..>")]),
        ] {
            assert_eq!(parameters(attribute), expected);
        }
        for attribute in [
            quote!(#[get]),
            quote!(#[get = "/<a>"]),
            quote!(#[route(GET)]),
        ] {
            assert_eq!(parameters(attribute), Parameters::default());
        }
    }

    #[test]
    fn the_parameter_for_the_body_is_found() {
        for (tokens, expected) in [
            (quote!(#[post("/", data = "<body>")]), Some("body")),
            (
                quote!(#[route(POST, data = "<r>", uri = "/<a>")]),
                Some("r"),
            ),
            (quote!(#[post("/<data>", format = "<no>")]), None),
            (quote!(#[post("/", data = "<_>")]), None),
            (quote!(#[post("/", data = 1)]), None),
        ] {
            let target = Target::from_attribute(&attribute(tokens));
            let Some(Target::Route(route)) = target else {
                panic!("not a route");
            };
            assert_eq!(route.data.as_deref(), expected);
        }
    }

    #[test]
    fn a_conditional_attribute_may_make_a_route() {
        for (tokens, expected) in [
            (quote!(#[get("/")]), true),
            (quote!(#[cfg_attr(x, rocket::get("/"))]), true),
            (quote!(#[cfg_attr(x, cfg_attr(y, inline, post("/")))]), true),
            (quote!(#[cfg_attr(feature = "get", inline)]), false),
            (quote!(#[doc = "get"]), false),
        ] {
            assert_eq!(may_be_route(&attribute(tokens)), expected);
        }
    }
}
