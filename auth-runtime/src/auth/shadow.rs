//! Judges accepted tokens by a stricter configuration, and counts the verdicts.

use super::Auth;
use crate::config::ShadowSettings;
use crate::error::{AuthError, AuthErrorKind, Scheme};
use crate::telemetry::{ShadowCount, ShadowTally};
use crate::token::AccessToken;
use crate::verify::Candidate;

/// A configuration that accepted tokens are judged by. It changes no verdict.
#[derive(Debug)]
pub(super) struct Shadow {
    candidate: Candidate,
    requires_dpop: bool,
    requires_mtls: bool,
    /// The share of tokens that are judged.
    sample: f64,
    tally: ShadowTally,
}

impl Shadow {
    pub(super) fn new(settings: ShadowSettings) -> Self {
        Self {
            candidate: Candidate {
                audience: settings.audience.map(Into::into),
                algorithms: settings.algorithms.map(Into::into),
                at_jwt: settings.token_type.is_some(),
                leeway: settings.leeway.map(|leeway| leeway.as_secs_f64()),
                max_lifetime: settings.max_token_lifetime.map(|time| time.as_secs_f64()),
            },
            requires_dpop: settings.requires_dpop,
            requires_mtls: settings.requires_mtls,
            sample: settings.sample,
            tally: ShadowTally::default(),
        }
    }
}

impl Auth {
    /// Returns what the configuration in the table `shadow` would have done with the tokens that were
    /// accepted: how many tokens of each client it would accept, and how many it would refuse with each
    /// code. The list is empty without such a table.
    pub fn shadow_report(&self) -> Vec<ShadowCount> {
        let shadow = self.0.shadow.as_ref();
        shadow.map_or_else(Vec::new, |shadow| shadow.tally.report())
    }

    /// Judges an accepted token by the stricter configuration, if there is one, and counts the verdict.
    /// `scheme` is that of the request, if the token came with one.
    #[inline]
    pub(crate) fn judge(&self, token: &str, scheme: Option<Scheme>, accepted: &AccessToken) {
        let Some(shadow) = &self.0.shadow else {
            return;
        };
        if shadow.sample < 1.0 && fastrand::f64() >= shadow.sample {
            return;
        }
        let code = self.code_in_shadow(shadow, token, scheme, accepted);
        let client = accepted.client_id().or(accepted.authorized_party());
        shadow.tally.count(client, code);
    }

    /// Returns the code with which the stricter configuration would refuse the token.
    fn code_in_shadow(
        &self,
        shadow: &Shadow,
        token: &str,
        scheme: Option<Scheme>,
        accepted: &AccessToken,
    ) -> Option<&'static str> {
        let code = |kind: AuthErrorKind| Some(AuthError::from(kind).code());
        if shadow.requires_dpop && scheme == Some(Scheme::Bearer) {
            return code(AuthErrorKind::SchemeNotDpop);
        }
        let now = self.clock().now();
        let judged = self
            .0
            .verifier
            .judge(token, accepted, &shadow.candidate, now);
        if let Err(failure) = judged {
            return Some(self.0.replies.error_for(&failure).code());
        }
        let (key, certificate) = accepted
            .confirmation()
            .map_or((None, None), |bound| (bound.key, bound.certificate));
        let lacks_key = shadow.requires_dpop && key.is_none();
        if lacks_key || (shadow.requires_mtls && certificate.is_none()) {
            return code(AuthErrorKind::UnboundToken);
        }
        None
    }
}
