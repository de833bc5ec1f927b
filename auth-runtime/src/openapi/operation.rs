//! Describes the routes of one method and path: an operation of a document.

use std::collections::{BTreeMap, HashSet};

use rocket::http::Method;
use serde_json::{Map, Value, json};

use super::access::Access;
use super::path::Path;
use super::replies;
use super::schemes::Schemes;
use crate::auth::AcceptedTokens;
use crate::routes::{Policies, RoutePolicy};

/// The extension that has each policy as it is.
const EXTENSION: &str = "x-auth-policies";
/// The status of the reply to a malformed token, unless it is configured.
const DEFAULT_MALFORMED_STATUS: u16 = 401;

/// An operation, which several routes may serve: those that differ in rank, format or query.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) path: Path,
    pub(super) shape: String,
    id: Option<String>,
    format: Option<String>,
    routes: Vec<Access>,
    refusals: BTreeMap<u16, Value>,
}

impl Operation {
    /// Returns the operations of these routes, by path and method.
    pub(super) fn all(
        policies: &Policies,
        schemes: &Schemes,
        accepted: Option<&AcceptedTokens>,
    ) -> Vec<Self> {
        let malformed = accepted.map_or(DEFAULT_MALFORMED_STATUS, |it| it.malformed_status);
        let mut operations: BTreeMap<(String, &str), Self> = BTreeMap::new();
        for route in policies.iter().filter(|route| is_expressible(route)) {
            let path = Path::new(route.uri());
            let shape = path.shape();
            let operation = operations
                .entry((shape.clone(), route.method().as_str()))
                .or_insert_with(|| Self::new(route, path, shape));
            operation.routes.push(Access::new(route, schemes));
            let refusals = replies::refusals(route, malformed, schemes.uses_dpop());
            operation.refusals.extend(refusals);
        }
        operations.into_values().collect()
    }

    fn new(route: &RoutePolicy, path: Path, shape: String) -> Self {
        Self {
            method: route.method(),
            path,
            shape,
            id: route.handler().and_then(identifier).map(str::to_owned),
            format: route.format().map(str::to_owned),
            routes: Vec::new(),
            refusals: BTreeMap::new(),
        }
    }

    /// Returns the method as the name of a member of a path item.
    pub(super) fn member(&self) -> String {
        self.method.as_str().to_lowercase()
    }

    /// Returns an operation that has what a route says of itself.
    pub(super) fn skeleton(&self, taken: &mut HashSet<String>) -> Map<String, Value> {
        let mut operation = Map::new();
        if let Some(id) = self.unique_id(taken) {
            operation.insert("operationId".to_owned(), id.into());
        }
        if !self.path.parameters().is_empty() {
            operation.insert("parameters".to_owned(), self.path.parameters().into());
        }
        if let Some(format) = &self.format
            && self.method.supports_payload()
        {
            let body = json!({ "content": { format: {} } });
            operation.insert("requestBody".to_owned(), body);
        }
        let responses = json!({ "2XX": { "description": "The reply of the handler." } });
        operation.insert("responses".to_owned(), responses);
        operation
    }

    /// Returns the name of the handler, with the method or a number if the name is taken.
    fn unique_id(&self, taken: &mut HashSet<String>) -> Option<String> {
        let id = self.id.as_ref()?;
        let method = self.member();
        let numbered = (2..).map(|count| format!("{id}_{method}_{count}"));
        let mut candidates = [id.clone(), format!("{id}_{method}")]
            .into_iter()
            .chain(numbered);
        candidates.find(|candidate| taken.insert(candidate.clone()))
    }

    /// Describes in an operation of a document who may call it.
    pub(super) fn describe(&self, operation: &mut Map<String, Value>) {
        match self.security() {
            Some(security) => operation.insert("security".to_owned(), security.into()),
            None => operation.remove("security"),
        };
        let policies: Vec<_> = self
            .routes
            .iter()
            .map(|route| route.extension.clone())
            .collect();
        operation.insert(EXTENSION.to_owned(), policies.into());
        self.add_sentences(operation);
        let responses = operation.entry("responses").or_insert_with(|| json!({}));
        if let Value::Object(responses) = responses {
            for (status, reply) in &self.refusals {
                responses
                    .entry(status.to_string())
                    .or_insert_with(|| reply.clone());
            }
        }
    }

    /// Returns the requirements of all routes, any of which may answer a request. An empty
    /// requirement means that credentials are optional.
    fn security(&self) -> Option<Vec<Value>> {
        let mut all = Vec::new();
        for route in &self.routes {
            let requirements = route.requirements.as_ref()?;
            if requirements.is_empty() && self.routes.len() > 1 {
                add(&mut all, &json!({}));
            }
            for requirement in requirements {
                add(&mut all, requirement);
            }
        }
        Some(if all.iter().all(|requirement| *requirement == json!({})) {
            Vec::new()
        } else {
            all
        })
    }

    fn add_sentences(&self, operation: &mut Map<String, Value>) {
        let mut sentences: Vec<&str> = Vec::new();
        for route in &self.routes {
            if !sentences.contains(&&*route.sentence) {
                sentences.push(&route.sentence);
            }
        }
        let ours = sentences.join("\n\nOr:\n\n");
        let own = operation.get("description").and_then(Value::as_str);
        let description = match own.map(str::trim_end).filter(|own| !own.is_empty()) {
            Some(own) if own.ends_with(&ours) => own.to_owned(),
            Some(own) => format!("{own}\n\n{ours}"),
            None => ours,
        };
        operation.insert("description".to_owned(), description.into());
    }
}

fn add(all: &mut Vec<Value>, requirement: &Value) {
    if !all.contains(requirement) {
        all.push(requirement.clone());
    }
}

/// Returns whether OpenAPI can express the route's method. It does not have CONNECT.
fn is_expressible(route: &RoutePolicy) -> bool {
    route.method() != Method::Connect
}

/// Returns the last part of a handler's path. Returns `None` if it is not an identifier, because it
/// may then reveal something about the machine, such as the folder of a `FileServer`.
fn identifier(handler: &str) -> Option<&str> {
    let name = handler.rsplit("::").next()?;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (!name.is_empty() && handler.bytes().all(|byte| is_word(byte) || byte == b':')).then_some(name)
}
