//! Records spans and events. This is the only file that knows the crate `tracing`. Without the feature of
//! that name, nothing is recorded and nothing costs time.
//!
//! Nothing here repeats a line of the log. Without a subscriber, `tracing` can write its spans and
//! events to the log, so that nothing is recorded then.

#[cfg(feature = "tracing")]
use ::tracing::{Instrument, Span, field, subscriber::NoSubscriber};

use super::decision::Decided;
use crate::error::AuthError;
use crate::token::AccessToken;
#[cfg(feature = "tracing")]
use crate::token::Source;

/// The verification of the token of a request.
pub(crate) struct VerifySpan(#[cfg(feature = "tracing")] Span);

/// Returns whether anyone listens.
#[inline]
pub(super) fn is_on() -> bool {
    #[cfg(feature = "tracing")]
    return ::tracing::dispatcher::get_default(|subscriber| !subscriber.is::<NoSubscriber>());
    #[cfg(not(feature = "tracing"))]
    false
}

#[cfg(feature = "tracing")]
impl VerifySpan {
    /// Starts the verification of a token for this route.
    pub(super) fn new(route: &str) -> Self {
        if !is_on() {
            return Self(Span::none());
        }
        Self(::tracing::info_span!(
            target: "auth_runtime",
            "auth.verify",
            route,
            issuer = field::Empty,
            key_id = field::Empty,
            outcome = field::Empty,
            code = field::Empty,
            remembered = field::Empty,
            sub = field::Empty,
        ))
    }

    /// Runs the verification within the span.
    pub(crate) fn around<F: Future>(&self, verification: F) -> impl Future<Output = F::Output> {
        verification.instrument(self.0.clone())
    }

    /// Notes that the token was accepted. The key is looked up only if anyone wants to know.
    pub(crate) fn accepted(
        &self,
        token: &AccessToken,
        key_id: impl FnOnce() -> Option<String>,
        shows_subject: bool,
    ) {
        if self.0.is_disabled() {
            return;
        }
        self.0.record("outcome", "accepted");
        let is_remembered = token.origin().source == Source::Remembered;
        self.0.record("remembered", is_remembered);
        if let Some(issuer) = token.issuer() {
            self.0.record("issuer", issuer);
        }
        if let Some(key_id) = key_id() {
            self.0.record("key_id", key_id.as_str());
        }
        if let Some(subject) = token.subject().filter(|_| shows_subject) {
            self.0.record("sub", subject);
        }
    }

    /// Notes that the token was refused.
    pub(crate) fn refused(&self, error: &AuthError) {
        self.0.record("outcome", "refused");
        self.0.record("code", error.code());
    }
}

#[cfg(not(feature = "tracing"))]
#[expect(
    clippy::unused_self,
    reason = "the span has no state without the feature `tracing`"
)]
impl VerifySpan {
    #[inline]
    pub(super) fn new(_: &str) -> Self {
        Self()
    }

    #[inline]
    pub(crate) fn around<F: Future>(&self, verification: F) -> F {
        verification
    }

    #[inline]
    pub(crate) fn accepted(&self, _: &AccessToken, _: impl FnOnce() -> Option<String>, _: bool) {}

    #[inline]
    pub(crate) fn refused(&self, _: &AuthError) {}
}

/// Emits the event of a decision. Those that let a request pass are for debugging.
pub(super) fn decided(decided: &Decided<'_>, route: &str) {
    #[cfg(feature = "tracing")]
    if is_on() {
        let outcome = decided.outcome.name();
        let requirement = decided.requirement.as_ref().map(field::display);
        let (code, client_id) = (decided.code, decided.client_id);
        if decided.outcome.passes() {
            ::tracing::debug!(
                name: "auth.decision", target: "auth_runtime",
                route, outcome, code, client_id, requirement, "decision"
            );
        } else {
            ::tracing::info!(
                name: "auth.decision", target: "auth_runtime",
                route, outcome, code, client_id, requirement, "decision"
            );
        }
    }
    #[cfg(not(feature = "tracing"))]
    let _ = (decided, route);
}
