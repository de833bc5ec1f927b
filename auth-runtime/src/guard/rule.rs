//! Defines requirements that the application evaluates.

use std::any::Any;
use std::error::Error;

use rocket::Request;

use crate::token::AccessToken;

/// A requirement that no claim can express, such as a look-up in a database. `#[requires(…)]` names
/// it.
///
/// The rule runs after the token was verified, and before the handler and its other guards. In
/// `any(…)` it runs only if no alternative before it is met.
///
/// ```
/// use auth_runtime::{AccessToken, Rule, RuleError, requires};
/// use rocket::{Request, get};
///
/// struct BusinessHours;
///
/// #[rocket::async_trait]
/// impl Rule for BusinessHours {
///     async fn allows(&self, _: &AccessToken, request: &Request<'_>) -> Result<bool, RuleError> {
///         Ok(request.headers().get_one("X-Hour").is_some_and(|hour| hour == "12"))
///     }
/// }
///
/// #[requires(BusinessHours)]
/// #[get("/till")]
/// fn till() -> &'static str {
///     "open"
/// }
/// ```
///
/// [Your own rules](crate::guide::policies#your-own-rules) shows a complete rule.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a rule that a route can require",
    label = "this type does not implement `auth_runtime::Rule`",
    note = "write `#[rocket::async_trait] impl auth_runtime::Rule for {Self} {{ … }}`"
)]
#[rocket::async_trait]
pub trait Rule: Any + Send + Sync {
    /// Returns whether this caller may make this request.
    ///
    /// # Errors
    /// Fails if the rule cannot decide. The request is then refused with 500, and the error is
    /// logged.
    async fn allows(&self, token: &AccessToken, request: &Request<'_>) -> Result<bool, RuleError>;
}

/// The reason why a [`Rule`] could not decide.
///
/// [Policies](crate::guide::policies) has examples of rules.
pub type RuleError = Box<dyn Error + Send + Sync>;
