//! Adds the policies to a document of the application.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::path::shape;
use super::{OpenApiSecurity, replies};

/// The members of a path item that are operations.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The reason why policies cannot be added to a document: see
/// [`OpenApiSecurity::merge_into`].
///
/// [OpenAPI](crate::guide::openapi#your-own-document) shows how policies are added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenApiError {
    /// The document has no JSON form.
    #[error("the document has no JSON form: {0}")]
    NotJson(#[from] serde_json::Error),
    /// The document is not an object, or a member that is an object in OpenAPI is something else.
    #[error("the document is not OpenAPI: `{0}` must be an object")]
    NotAnObject(String),
    /// The document does not follow a version of OpenAPI that is known here.
    #[error(
        "the document says `openapi: {0}`: write OpenAPI 3.1 or 3.2, to which the security schemes belong"
    )]
    Version(String),
    /// A path item is a reference.
    #[error("the path `{0}` is a reference: write its operations in its place")]
    Reference(String),
    /// The document describes operations that no mounted route serves.
    #[error("the document describes operations that no mounted route serves: {0}")]
    UnknownOperations(String),
}

/// Adds the policies to a document of the application.
///
/// # Errors
/// Fails if the document is not OpenAPI in a known version, or describes operations that no route serves.
pub(super) fn merge(
    security: &OpenApiSecurity,
    document: impl Serialize,
) -> Result<Value, OpenApiError> {
    let mut document = serde_json::to_value(document)?;
    check_form(&document)?;
    let bases = bases(&document);
    check_operations(security, &document, &bases)?;
    describe(security, &mut document, &bases);
    Ok(document)
}

/// Checks each member that [`describe`] reads.
fn check_form(document: &Value) -> Result<(), OpenApiError> {
    let members = document
        .as_object()
        .ok_or_else(|| OpenApiError::NotAnObject("document".to_owned()))?;
    let version = members.get("openapi").and_then(Value::as_str);
    match version {
        Some(version) if version.starts_with("3.1.") || version.starts_with("3.2.") => {}
        version => {
            return Err(OpenApiError::Version(
                version.unwrap_or("(nothing)").to_owned(),
            ));
        }
    }
    for pointer in [
        "/paths",
        "/components",
        "/components/securitySchemes",
        "/components/schemas",
    ] {
        check_object(document, pointer)?;
    }
    for (path, item) in paths(document) {
        let item = item
            .as_object()
            .ok_or_else(|| OpenApiError::NotAnObject(path.clone()))?;
        if item.contains_key("$ref") {
            return Err(OpenApiError::Reference(path.clone()));
        }
        for (method, operation) in operations(item) {
            let is_object = |value: &Value| value.is_object();
            if !is_object(operation) || !operation.get("responses").is_none_or(is_object) {
                return Err(OpenApiError::NotAnObject(format!("{path} {method}")));
            }
        }
    }
    Ok(())
}

fn check_object(document: &Value, pointer: &str) -> Result<(), OpenApiError> {
    match document.pointer(pointer) {
        None | Some(Value::Object(_)) => Ok(()),
        Some(_) => Err(OpenApiError::NotAnObject(pointer.to_owned())),
    }
}

/// Checks that a mounted route serves each operation of the document.
fn check_operations(
    security: &OpenApiSecurity,
    document: &Value,
    bases: &[String],
) -> Result<(), OpenApiError> {
    let mut unknown = Vec::new();
    let mut hint = None;
    for (path, item) in paths(document) {
        let members = item.as_object().into_iter().flat_map(operations);
        for (method, _) in members {
            let shapes = shapes(path, bases);
            let serves = |operation: &Operation| {
                operation.member() == method && shapes.contains(&operation.shape)
            };
            if !security.operations.iter().any(serves) {
                unknown.push(format!("{} {path}", method.to_uppercase()));
                hint = hint.or_else(|| mounted_below(security, method, path));
            }
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    let unknown = unknown.join(", ");
    Err(OpenApiError::UnknownOperations(match hint {
        Some(hint) => format!("{unknown}; {hint}"),
        None => unknown,
    }))
}

/// Finds the route that a path without its mount point may mean.
fn mounted_below(security: &OpenApiSecurity, method: &str, path: &str) -> Option<String> {
    let own = shape(path);
    let operation = security.operations.iter().find(|operation| {
        let base = operation.shape.strip_suffix(&own);
        operation.member() == method && base.is_some_and(|base| !base.is_empty())
    })?;
    let base = operation.shape.strip_suffix(&own)?;
    Some(format!(
        "`{path}` is mounted below `{base}`: write the whole path (`context_path = \"{base}\"` in \
         utoipa), or a server whose URL ends with `{base}`"
    ))
}

/// Adds everything to a document whose form is checked. Routes outside of its servers do not belong to
/// what it describes.
pub(super) fn describe(security: &OpenApiSecurity, document: &mut Value, bases: &[String]) {
    let mut ids = operation_ids(document);
    let Some(paths) = object(document, "paths") else {
        return;
    };
    for operation in &security.operations {
        let known = paths
            .keys()
            .find(|path| shapes(path, bases).contains(&operation.shape));
        let new = || relative(&operation.path.template, bases);
        let Some(path) = known.cloned().or_else(new) else {
            continue;
        };
        let item = paths.entry(path).or_insert_with(|| json!({}));
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        let member = item
            .entry(operation.member())
            .or_insert_with(|| operation.skeleton(&mut ids).into());
        if let Some(member) = member.as_object_mut() {
            operation.describe(member);
        }
    }
    let components = object(document, "components");
    let Some(components) = components else {
        return;
    };
    add_missing(
        components,
        "securitySchemes",
        security.schemes.definitions(),
    );
    let body = (replies::BODY.to_owned(), replies::body_schema());
    add_missing(components, "schemas", Map::from_iter([body]));
}

/// Returns the member that is an object, which may be empty so far.
fn object<'d>(document: &'d mut Value, name: &str) -> Option<&'d mut Map<String, Value>> {
    let document = document.as_object_mut()?;
    document
        .entry(name)
        .or_insert_with(|| json!({}))
        .as_object_mut()
}

/// Adds what a component does not define itself.
fn add_missing(components: &mut Map<String, Value>, name: &str, definitions: Map<String, Value>) {
    let own = components.entry(name).or_insert_with(|| json!({}));
    for (name, definition) in definitions {
        if let Some(own) = own.as_object_mut() {
            own.entry(name).or_insert(definition);
        }
    }
}

fn paths(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object);
    let paths = paths.into_iter().flatten();
    // The others are extensions.
    paths.filter(|(path, _)| path.starts_with('/'))
}

fn operations(item: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    let members = item.iter().map(|(name, value)| (name.as_str(), value));
    members.filter(|(name, _)| METHODS.contains(name))
}

fn operation_ids(document: &Value) -> HashSet<String> {
    let items = paths(document).filter_map(|(_, item)| item.as_object());
    let ids = items
        .flat_map(operations)
        .filter_map(|(_, operation)| operation.get("operationId")?.as_str());
    ids.map(str::to_owned).collect()
}

/// Returns the paths of the servers, below which the paths of the document are.
fn bases(document: &Value) -> Vec<String> {
    let servers = document.get("servers").and_then(Value::as_array);
    let urls = servers.into_iter().flatten();
    let urls = urls.filter_map(|server| server.get("url")?.as_str());
    urls.map(|url| base(url).to_owned()).collect()
}

/// Returns the path of a URL, which may have variables, without a trailing slash.
fn base(url: &str) -> &str {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|slash| rest.get(slash..)),
        None => Some(url),
    };
    path.unwrap_or_default().trim_end_matches('/')
}

/// Returns the shapes of the routes that a path of the document can mean.
fn shapes(path: &str, bases: &[String]) -> Vec<String> {
    match bases {
        [] => vec![shape(path)],
        bases => bases
            .iter()
            .map(|base| shape(&format!("{base}{path}")))
            .collect(),
    }
}

/// Returns the path of a route below one of the servers.
fn relative(template: &str, bases: &[String]) -> Option<String> {
    let below = |base: &String| match template.strip_prefix(base.as_str())? {
        "" => Some("/".to_owned()),
        path => path.starts_with('/').then(|| path.to_owned()),
    };
    match bases {
        [] => Some(template.to_owned()),
        bases => bases.iter().find_map(below),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_server_is_where_its_paths_begin() {
        for (url, expected) in [
            ("https://api.test", ""),
            ("https://api.test/", ""),
            ("https://{host}/v1/", "/v1"),
            ("/v1", "/v1"),
            ("/", ""),
        ] {
            assert_eq!(base(url), expected, "{url}");
        }
    }

    #[test]
    fn a_route_is_below_a_server_or_outside() {
        let bases = ["/api".to_owned()];
        assert_eq!(relative("/api/a", &bases).as_deref(), Some("/a"));
        assert_eq!(relative("/api", &bases).as_deref(), Some("/"));
        assert_eq!(relative("/apis", &bases), None);
        assert_eq!(relative("/apis", &[]).as_deref(), Some("/apis"));
    }
}
