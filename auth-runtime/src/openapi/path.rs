//! Converts the URI of a route to a path of OpenAPI, with its parameters.

use std::collections::HashSet;

use serde_json::{Value, json};

/// The path and the query of a route.
#[derive(Clone, Debug)]
pub(super) struct Path {
    /// The path with its parameters in braces.
    pub(super) template: String,
    parameters: Vec<Value>,
}

impl Path {
    /// Reads the URI of a route, such as `/users/<id>?<page>`.
    pub(super) fn new(uri: &str) -> Self {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let mut names = HashSet::new();
        let mut parameters = Vec::new();
        let segments = path
            .split('/')
            .map(|segment| match Dynamic::parse(segment) {
                None => segment.to_owned(),
                Some(dynamic) => {
                    let name = unique(dynamic.name, &mut names);
                    parameters.push(dynamic.in_path(&name));
                    format!("{{{name}}}")
                }
            });
        let segments: Vec<_> = segments.collect();
        let template = segments.join("/");
        let query = query.split('&').filter(|part| !part.is_empty());
        parameters.extend(query.map(query_parameter));
        Self {
            template,
            parameters,
        }
    }

    /// Returns the parameters of the path and of the query.
    pub(super) fn parameters(&self) -> &[Value] {
        &self.parameters
    }

    pub(super) fn shape(&self) -> String {
        shape(&self.template)
    }
}

/// Returns a template without the names of its parameters: two paths of one shape are the same path
/// (OpenAPI 3.1 §4.8.8.1).
pub(super) fn shape(template: &str) -> String {
    let mut shape = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else {
            break;
        };
        shape.push_str(before);
        shape.push_str("{}");
        rest = after;
    }
    shape.push_str(rest);
    match shape.strip_suffix('/') {
        Some(without) if !without.is_empty() => without.to_owned(),
        _ => shape,
    }
}

/// A dynamic part of Rocket's URIs: `<name>` or `<name..>`.
struct Dynamic<'u> {
    name: &'u str,
    is_trailing: bool,
}

impl<'u> Dynamic<'u> {
    fn parse(part: &'u str) -> Option<Self> {
        let name = part.strip_prefix('<')?.strip_suffix('>')?;
        Some(match name.strip_suffix("..") {
            Some(name) => Self {
                name,
                is_trailing: true,
            },
            None => Self {
                name,
                is_trailing: false,
            },
        })
    }

    fn in_path(&self, name: &str) -> Value {
        let description = self
            .is_trailing
            .then_some("Any number of path segments, separated by slashes.");
        let schema = match description {
            Some(description) => json!({ "type": "string", "description": description }),
            None => json!({ "type": "string" }),
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    }
}

/// Describes a parameter of the query. It is not marked as required, because that depends on its type,
/// which a route does not show.
fn query_parameter(part: &str) -> Value {
    match Dynamic::parse(part) {
        Some(dynamic) if dynamic.is_trailing => json!({
            "name": dynamic.name,
            "in": "query",
            "style": "form",
            "explode": true,
            "schema": { "type": "object" },
        }),
        Some(dynamic) => json!({
            "name": dynamic.name,
            "in": "query",
            "schema": { "type": "string" },
        }),
        None => {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            json!({
                "name": name,
                "in": "query",
                "required": true,
                "schema": { "type": "string", "const": value },
            })
        }
    }
}

/// Returns the name, or one that is not taken: a path may have `<_>` more than once.
fn unique(name: &str, taken: &mut HashSet<String>) -> String {
    let mut unique = name.to_owned();
    let mut count = 1;
    while !taken.insert(unique.clone()) {
        count += 1;
        unique = format!("{name}{count}");
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(uri: &str) -> (String, Vec<String>) {
        let path = Path::new(uri);
        let name = |parameter: &Value| {
            let text = |name: &str| parameter[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("in"), text("name"))
        };
        (
            path.template.clone(),
            path.parameters().iter().map(name).collect(),
        )
    }

    #[test]
    fn dynamic_segments_become_parameters() {
        for (uri, template, parameters) in [
            ("/", "/", &[][..]),
            ("/a/b", "/a/b", &[]),
            ("/a/<id>", "/a/{id}", &["path id"]),
            ("/a/<rest..>", "/a/{rest}", &["path rest"]),
            (
                "/<_>/<_>/<_..>",
                "/{_}/{_2}/{_3}",
                &["path _", "path _2", "path _3"],
            ),
            (
                "/a?<page>&<filter..>",
                "/a",
                &["query page", "query filter"],
            ),
            (
                "/a/<b>?closed&kind=x",
                "/a/{b}",
                &["path b", "query closed", "query kind"],
            ),
        ] {
            let parameters = parameters.iter().map(ToString::to_string).collect();
            assert_eq!(path(uri), (template.to_owned(), parameters), "{uri}");
        }
    }

    #[test]
    fn a_static_part_of_the_query_is_required_and_has_one_value() {
        let path = Path::new("/a?kind=x&<page>");
        assert_eq!(path.parameters()[0]["required"], true);
        assert_eq!(path.parameters()[0]["schema"]["const"], "x");
        assert_eq!(path.parameters()[1].get("required"), None);
    }

    #[test]
    fn a_shape_has_no_names() {
        for (template, expected) in [
            ("/", "/"),
            ("/a/{id}", "/a/{}"),
            ("/a/{id}/", "/a/{}"),
            ("/{a}/{b}.json", "/{}/{}.json"),
            ("/{a", "/{a"),
        ] {
            assert_eq!(shape(template), expected, "{template}");
        }
    }
}
