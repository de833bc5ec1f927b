//! Creates a document from the routes only.

use serde_json::{Value, json};

use super::{OpenApiSecurity, merge};

pub(super) fn skeleton(security: &OpenApiSecurity, title: &str, version: &str) -> Value {
    let mut document = json!({
        "openapi": "3.1.1",
        "info": { "title": title, "version": version },
        // The URL of the document, unless the API's own is known.
        "servers": [{ "url": security.public_url.as_deref().unwrap_or("/") }],
        "paths": {},
    });
    merge::describe(security, &mut document, &[]);
    document
}
