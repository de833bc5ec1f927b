//! Writes the policies of all routes as the security part of an OpenAPI 3.1 document. This module
//! knows policies and their texts, but nothing about tokens or requests.

mod access;
mod document;
mod merge;
mod operation;
mod path;
mod replies;
mod schemes;
mod words;

use serde::Serialize;
use serde_json::Value;

pub use self::merge::OpenApiError;
use self::operation::Operation;
use self::schemes::Schemes;
use crate::routes::Policies;

/// The policies of a Rocket as the security part of an OpenAPI document: see [`Policies::openapi`].
///
/// [OpenAPI](crate::guide::openapi) shows how to serve the document.
#[derive(Clone, Debug)]
pub struct OpenApiSecurity {
    schemes: Schemes,
    operations: Vec<Operation>,
    public_url: Option<String>,
}

impl Policies {
    /// Describes these policies for an OpenAPI 3.1 document.
    ///
    /// Each operation gets its security requirements, one for each alternative of its policy, and the
    /// replies by which the policy refuses. What OpenAPI cannot express, such as roles and claims, is in
    /// the description and in the extension `x-auth-policies`.
    ///
    /// The security schemes follow the configuration, which is known once
    /// [`Auth::fairing`](crate::Auth::fairing) has run. Take the policies at liftoff, when every route is
    /// mounted.
    ///
    /// ```
    /// use auth_runtime::{Policies, requires_scope, routes};
    /// use rocket::get;
    ///
    /// #[requires_scope("read:messages")]
    /// #[get("/messages/<id>")]
    /// fn message(id: u32) {}
    ///
    /// # fn main() {
    /// let rocket = rocket::build().mount("/api", routes![message]);
    /// let document = Policies::of(&rocket).openapi().document("Messages", "1.0");
    /// let operation = &document["paths"]["/api/messages/{id}"]["get"];
    /// assert_eq!(operation["security"][0]["accessToken"][0], "read:messages");
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
    pub fn openapi(&self) -> OpenApiSecurity {
        let accepted = self.accepted();
        let schemes = Schemes::new(accepted);
        OpenApiSecurity {
            operations: Operation::all(self, &schemes, accepted),
            schemes,
            public_url: accepted.and_then(|accepted| accepted.public_url.clone()),
        }
    }
}

impl OpenApiSecurity {
    /// Returns a document that has nothing but what the routes say: methods, paths, parameters and
    /// policies.
    pub fn document(&self, title: &str, version: &str) -> Value {
        document::skeleton(self, title, version)
    }

    /// Adds the policies to a document, such as one that utoipa makes or one that is written by hand.
    ///
    /// The policies replace the `security` of each operation, because they are what the application
    /// enforces. Everything else that the document says stays: a security scheme, a schema or a reply
    /// that it defines itself is kept. A mounted route that it does not describe is added.
    ///
    /// Paths match whatever their parameters are called. If the document's `servers` have a path, its
    /// paths are below that.
    ///
    /// # Errors
    /// If the document is not OpenAPI 3.1 or 3.2, or if it describes an operation that no mounted route
    /// serves: nothing is known of the access to that one.
    pub fn merge_into(&self, document: impl Serialize) -> Result<Value, OpenApiError> {
        merge::merge(self, document)
    }
}
