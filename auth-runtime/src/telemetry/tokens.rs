//! Counts the outcomes of tokens in requests.

use std::array;

use super::catalogue::{PROOFS, TOKENS, VERIFY};
use super::meter::{Counter, Histogram, Labels, Stopwatch};
use crate::error::{AuthError, AuthErrorKind};
use crate::token::Source;

const KINDS: usize = AuthErrorKind::ALL.len();

/// The counters of tokens, with one handle for each value that the labels can have.
pub(super) struct TokenMeter {
    accepted: BySource,
    refused: [BySource; KINDS],
    verification: Histogram,
    proofs: [Counter; ProofOutcome::ALL.len()],
}

#[derive(Default)]
struct BySource([Counter; 3]);

/// The outcome of a DPoP proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProofOutcome {
    Accepted,
    /// It is malformed, or belongs to another key, request or token, or is too old.
    Refused,
    /// It does not have a valid nonce.
    NonceRequired,
    /// It was used before.
    Replayed,
    /// The store could not record that it is used.
    Failed,
}

impl ProofOutcome {
    const ALL: [Self; 5] = [
        Self::Accepted,
        Self::Refused,
        Self::NonceRequired,
        Self::Replayed,
        Self::Failed,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::NonceRequired => "nonce_required",
            Self::Replayed => "replayed",
            Self::Failed => "failed",
        }
    }
}

impl TokenMeter {
    pub(super) fn new() -> Self {
        Self {
            accepted: BySource::default(),
            refused: array::from_fn(|_| BySource::default()),
            verification: Histogram::default(),
            proofs: Default::default(),
        }
    }

    #[inline]
    pub(super) fn accepted(&self, source: Source) {
        if let Some(counter) = self.accepted.0.get(source as usize) {
            counter.increment(&TOKENS, || labels("accepted", "none", source));
        }
    }

    pub(super) fn refused(&self, error: &AuthError, source: Source) {
        let counters = self.refused.get(error.kind() as usize);
        if let Some(counter) = counters.and_then(|counters| counters.0.get(source as usize)) {
            counter.increment(&TOKENS, || labels("refused", error.code(), source));
        }
    }

    #[inline]
    pub(super) fn verified(&self, stopwatch: Stopwatch) {
        self.verification.record(stopwatch, &VERIFY, || []);
    }

    pub(super) fn proof(&self, outcome: ProofOutcome) {
        if let Some(counter) = self.proofs.get(outcome as usize) {
            counter.increment(&PROOFS, || [("outcome", outcome.name().to_owned())]);
        }
    }

    /// Makes the counters of proofs visible.
    pub(super) fn register_proofs(&self) {
        for (counter, outcome) in self.proofs.iter().zip(ProofOutcome::ALL) {
            counter.register(&PROOFS, || [("outcome", outcome.name().to_owned())]);
        }
    }
}

fn labels(outcome: &str, code: &str, source: Source) -> Labels<3> {
    let source = match source {
        Source::Verified => "verified",
        Source::Remembered => "remembered",
        Source::Introspected => "introspected",
    };
    [
        ("outcome", outcome.to_owned()),
        ("code", code.to_owned()),
        ("source", source.to_owned()),
    ]
}
