//! Checks bound tokens in a running application: with the configured mechanisms and their store, and
//! with a reply for each failure.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::binding::{
    BindingFailure, Bindings, KnownKeys, Mechanism, Nonce, Nonces, Presented, ProofFailure,
    ProofVerifier,
};
use crate::config::{BoundTokenSettings, CertificateSource, DpopSettings, NonceKey, NonceSettings};
use crate::error::{AuthError, AuthErrorKind, DpopChallenge, HeaderText, Scheme};
use crate::jwks::Algorithm;
use crate::store::SharedStore;
#[cfg(feature = "testing")]
use crate::store::{Store as _, UsedProof};
use crate::telemetry::{ProofOutcome, Telemetry};
use crate::token::{AcceptedSchemes, AccessToken, Confirmation};

/// The mechanisms by which tokens are bound to keys, and where used proofs are recorded.
#[derive(Debug)]
pub(super) struct TokenBinding {
    bindings: Bindings,
    store: Arc<SharedStore>,
    certificates: Option<CertificateSource>,
}

/// The refusal of a token. The nonce is for the client's next proof.
pub(crate) struct BindingRefusal {
    pub(crate) error: AuthError,
    pub(crate) next_nonce: Option<Nonce>,
}

impl TokenBinding {
    /// Sets up the configured mechanisms.
    ///
    /// # Errors
    /// Fails if the system has no random numbers.
    pub(super) fn new(
        settings: BoundTokenSettings,
        store: Arc<SharedStore>,
        leeway: Duration,
    ) -> Result<Self, aws_lc_rs::error::Unspecified> {
        let (mtls, certificates) = match settings.mtls {
            Some(mtls) => (
                Some(Mechanism {
                    is_required: mtls.is_required,
                    verifier: (),
                }),
                Some(mtls.source),
            ),
            None => (None, None),
        };
        Ok(Self {
            bindings: Bindings {
                dpop: settings
                    .dpop
                    .map(|dpop| proof_mechanism(dpop, leeway))
                    .transpose()?,
                mtls,
            },
            store,
            certificates,
        })
    }

    pub(super) fn schemes(&self) -> AcceptedSchemes {
        match &self.bindings.dpop {
            None => AcceptedSchemes::Bearer,
            Some(dpop) if dpop.is_required => AcceptedSchemes::Dpop,
            Some(_) => AcceptedSchemes::BearerOrDpop,
        }
    }

    #[cfg(feature = "testing")]
    pub(super) fn public_url(&self) -> Option<&str> {
        let dpop = self.bindings.dpop.as_ref()?;
        Some(dpop.verifier.base.as_str())
    }

    #[cfg(feature = "testing")]
    pub(super) fn requires_certificate(&self) -> bool {
        let mtls = self.bindings.mtls.as_ref();
        mtls.is_some_and(|mtls| mtls.is_required)
    }

    /// Records a proof as used, as if it had come with a request.
    ///
    /// # Panics
    /// Panics if the store does not record it. A test of replays would otherwise pass for the wrong reason.
    #[cfg(feature = "testing")]
    pub(super) async fn use_proof(&self, key: &[u8; 32], jti: &str, now: SystemTime) {
        let until = now + Duration::from_secs(600);
        let proof = UsedProof::new(key, jti, now, until);
        let recorded = self.store.record_proof(&proof).await;
        recorded.expect("a test of replays needs a store that records proofs");
    }

    /// Returns a nonce that a proof must carry, if one is asked for.
    #[cfg(feature = "testing")]
    pub(super) fn nonce(&self, now: SystemTime) -> Option<Nonce> {
        let dpop = self.bindings.dpop.as_ref()?;
        Some(dpop.verifier.nonces.as_ref()?.issue(now))
    }

    #[cfg(feature = "openapi")]
    pub(super) fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    pub(super) fn is_dpop_on(&self) -> bool {
        self.bindings.dpop.is_some()
    }

    pub(super) fn is_any_on(&self) -> bool {
        self.bindings.dpop.is_some() || self.bindings.mtls.is_some()
    }

    pub(super) fn certificates(&self) -> Option<&CertificateSource> {
        self.certificates.as_ref()
    }

    pub(super) async fn announce_store(&self) {
        if self.is_dpop_on() && !self.store.is_shared() {
            log::info!(
                "used DPoP proofs are kept in this process only: if there are several, set \
                 `auth.store` to a Redis that they share"
            );
        }
        self.store.check().await;
    }

    /// Returns whether a token needs more than verification. Most do not.
    pub(super) fn concerns(&self, token: &AccessToken, scheme: Scheme) -> bool {
        token.confirmation().is_some() || scheme == Scheme::Dpop || self.bindings.concern_unbound()
    }

    /// Checks what a client presents with a verified token.
    ///
    /// # Errors
    /// Returns how the first check that fails is answered.
    pub(super) async fn check(
        &self,
        token: &AccessToken,
        presented: &Presented<'_>,
        now: SystemTime,
        telemetry: &Telemetry,
    ) -> Result<Option<Nonce>, BindingRefusal> {
        let confirmation = token.confirmation();
        let checked = self
            .bindings
            .check(confirmation, presented, &*self.store, now)
            .await;
        if let Some(outcome) = proof_outcome(confirmation, &checked) {
            telemetry.proof(outcome);
        }
        checked.map_err(refusal)
    }

    /// Checks a verified token that did not come with a request.
    ///
    /// # Errors
    /// Fails if the token is bound, or if it has to be.
    #[inline]
    pub(super) fn check_bare(&self, token: &AccessToken) -> Result<(), AuthError> {
        let checked = self.bindings.check_bare(token.confirmation());
        checked.map_err(|failure| refusal(failure).error)
    }
}

/// Returns what became of the proof, if there was one to check.
fn proof_outcome(
    confirmation: Option<&Confirmation>,
    checked: &Result<Option<Nonce>, BindingFailure>,
) -> Option<ProofOutcome> {
    match checked {
        Ok(_) => confirmation
            .is_some_and(|confirmation| confirmation.key.is_some())
            .then_some(ProofOutcome::Accepted),
        Err(BindingFailure::Proof(ProofFailure::Nonce(_))) => Some(ProofOutcome::NonceRequired),
        Err(BindingFailure::Proof(_)) => Some(ProofOutcome::Refused),
        Err(BindingFailure::Replayed) => Some(ProofOutcome::Replayed),
        Err(BindingFailure::Store(_)) => Some(ProofOutcome::Failed),
        Err(
            BindingFailure::UnknownBinding
            | BindingFailure::SentAsBearer
            | BindingFailure::NoKey
            | BindingFailure::Unbound
            | BindingFailure::NoCertificate
            | BindingFailure::OtherCertificate
            | BindingFailure::NoProof,
        ) => None,
    }
}

fn proof_mechanism(
    settings: DpopSettings,
    leeway: Duration,
) -> Result<Mechanism<ProofVerifier>, aws_lc_rs::error::Unspecified> {
    let nonces = match settings.nonce {
        NonceSettings::Off => None,
        NonceSettings::RandomKey => Some(Nonces::random()?),
        NonceSettings::SharedKey(NonceKey(key)) => Some(Nonces::new(&key)),
    };
    Ok(Mechanism {
        is_required: settings.is_required,
        verifier: ProofVerifier {
            base: settings.public_url.target,
            algorithms: settings.algorithms.into(),
            age: settings.proof_age,
            leeway,
            nonces,
            known_keys: KnownKeys::default(),
        },
    })
}

pub(super) fn dpop_challenge(settings: &BoundTokenSettings) -> Option<DpopChallenge> {
    let dpop = settings.dpop.as_ref()?;
    let names: Vec<_> = dpop
        .algorithms
        .iter()
        .copied()
        .map(Algorithm::name)
        .collect();
    Some(DpopChallenge {
        is_required: dpop.is_required,
        algorithms: HeaderText::new(&names.join(" "))?,
    })
}

/// Logs a failure, and returns how it is answered.
fn refusal(failure: BindingFailure) -> BindingRefusal {
    // The store has one error in the log for each outage.
    log::info!("token refused: {failure}");
    let kind = match &failure {
        BindingFailure::UnknownBinding | BindingFailure::SentAsBearer => AuthErrorKind::BoundToken,
        BindingFailure::NoKey | BindingFailure::Unbound => AuthErrorKind::UnboundToken,
        BindingFailure::NoCertificate | BindingFailure::OtherCertificate => {
            AuthErrorKind::CertificateMismatch
        }
        BindingFailure::NoProof => AuthErrorKind::DpopProofMissing,
        BindingFailure::Proof(ProofFailure::Nonce(_)) => AuthErrorKind::UseDpopNonce,
        BindingFailure::Proof(_) | BindingFailure::Replayed => AuthErrorKind::InvalidDpopProof,
        BindingFailure::Store(_) => AuthErrorKind::StoreUnavailable,
    };
    let error = match failure {
        BindingFailure::Store(_) => AuthError::unavailable(kind, SharedStore::RETRY_AFTER),
        _ => kind.into(),
    };
    BindingRefusal {
        error,
        next_nonce: match failure {
            BindingFailure::Proof(ProofFailure::Nonce(nonce)) => Some(nonce),
            _ => None,
        },
    }
}
