//! Verifies a token for a developer who wants to know everything about the result. Nothing is logged.

use std::time::UNIX_EPOCH;

use super::Auth;
use crate::error::AuthError;
use crate::policy::RequestSettings;
use crate::token::AccessToken;
use crate::verify::Failure;
#[cfg(feature = "check")]
use crate::verify::Verifier;

/// The result of [`Auth::verify`], with the reason.
pub(crate) enum Examined {
    Accepted(AccessToken),
    /// The token is valid, but may not be used without a proof of its key, or without being bound.
    Bare {
        #[cfg_attr(
            not(feature = "check"),
            expect(dead_code, reason = "only `check` reports on it")
        )]
        token: AccessToken,
        error: AuthError,
    },
    Failed {
        failure: Failure,
        hint: Option<String>,
        error: AuthError,
    },
}

impl Auth {
    /// Verifies a token as [`verify`](Self::verify) does, and keeps the reason.
    pub(crate) async fn examine(&self, token: &str) -> Examined {
        let now = self.clock().now();
        let verified = match self.verify_at(token, now).await {
            Ok(verified) => verified,
            Err(unverified) => {
                return Examined::Failed {
                    hint: self.0.verifier.hint(token, &unverified),
                    error: self.0.replies.error_for(&unverified.failure),
                    failure: unverified.failure,
                };
            }
        };
        match self.0.binding.check_bare(&verified) {
            Ok(()) => Examined::Accepted(verified),
            Err(error) => Examined::Bare {
                token: verified,
                error,
            },
        }
    }

    /// Returns what policies ask of any request now.
    pub(crate) fn request_settings(&self) -> RequestSettings {
        let now = self.clock().now().duration_since(UNIX_EPOCH);
        RequestSettings {
            now: now.map_or(f64::INFINITY, |now| now.as_secs_f64()),
            leeway: self.leeway(),
            all_report_only: self.is_report_only(),
        }
    }
}

#[cfg(feature = "check")]
impl Auth {
    pub(crate) fn verifier(&self) -> &Verifier {
        &self.0.verifier
    }

    /// Returns every accepted audience.
    pub(crate) fn audiences(&self) -> Vec<String> {
        let verifier = self.verifier();
        let with_keys = verifier.issuers.iter().map(|issuer| &issuer.audience);
        let introspected = verifier.introspected.iter().map(|issuer| &issuer.audience);
        let all = with_keys.chain(introspected).flatten();
        let mut audiences: Vec<String> = Vec::new();
        for audience in all {
            if !audiences.contains(audience) {
                audiences.push(audience.clone());
            }
        }
        audiences
    }

    pub(crate) fn honours_revocations(&self) -> bool {
        self.registry().is_some()
    }
}
