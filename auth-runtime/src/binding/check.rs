//! Decides whether a client may use a token, given what the token is bound to and what the client
//! presents.

use std::time::SystemTime;

use super::certificate::CertificateThumbprint;
use super::nonce::Nonce;
use super::proof::{ProofFailure, ProofVerifier, Proven};
use crate::error::Scheme;
use crate::store::{Recorded, Store, StoreError, UsedProof};
use crate::token::Confirmation;

/// The enabled ways of binding tokens.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    pub(crate) dpop: Option<Mechanism<ProofVerifier>>,
    pub(crate) mtls: Option<Mechanism<()>>,
}

/// A way of binding tokens to keys.
#[derive(Debug)]
pub(crate) struct Mechanism<T> {
    /// `true` if tokens must be bound in this way.
    pub(crate) is_required: bool,
    pub(crate) verifier: T,
}

/// What a client presents with its token.
pub(crate) struct Presented<'r> {
    pub(crate) scheme: Scheme,
    pub(crate) token: &'r str,
    /// The method and the path as they were sent.
    pub(crate) method: &'r str,
    pub(crate) path: &'r str,
    pub(crate) proof: ProofHeader<'r>,
    pub(crate) certificate: Option<CertificateThumbprint>,
}

/// What a client has to prove that it has.
struct ToProve<'b> {
    /// The thumbprint of a certificate.
    certificate: Option<[u8; 32]>,
    /// The thumbprint of a key, with the verifier of its proofs.
    key: Option<(&'b ProofVerifier, [u8; 32])>,
}

/// The `DPoP` headers of a request. They do not implement `Debug`, which would show a proof that may not
/// have been used yet.
#[derive(Clone, Copy)]
pub(crate) enum ProofHeader<'r> {
    One(&'r str),
    /// There are several, or none that is not empty.
    NotOne,
}

/// The precise reason why a token may not be used. Only the log shows it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BindingFailure {
    #[error("the token is bound to a key in a way that is off or unknown")]
    UnknownBinding,
    #[error("the token is bound to a DPoP key, and was sent as a bearer token")]
    SentAsBearer,
    #[error("the token is not bound to a DPoP key, and was sent with the DPoP scheme")]
    NoKey,
    #[error("the token is not bound to a key, which the configuration requires")]
    Unbound,
    #[error("the client presented no certificate, and the token is bound to one")]
    NoCertificate,
    #[error("the client presented another certificate than the one that the token is bound to")]
    OtherCertificate,
    #[error("the request does not have exactly one DPoP proof")]
    NoProof,
    #[error("{0}")]
    Proof(#[from] ProofFailure),
    #[error("the proof was used before")]
    Replayed,
    #[error("the store of used proofs: {0}")]
    Store(#[from] StoreError),
}

impl<'r> ProofHeader<'r> {
    pub(crate) fn new(mut values: impl Iterator<Item = &'r str>) -> Self {
        match (values.next(), values.next()) {
            (Some(proof), None) if !proof.trim_matches([' ', '\t']).is_empty() => {
                Self::One(proof.trim_matches([' ', '\t']))
            }
            _ => Self::NotOne,
        }
    }
}

impl Bindings {
    /// Returns whether unbound tokens have to pass [`check`](Self::check) as well, because they may
    /// be refused.
    pub(crate) fn concern_unbound(&self) -> bool {
        let dpop = self.dpop.as_ref().is_some_and(|dpop| dpop.is_required);
        dpop || self.mtls.as_ref().is_some_and(|mtls| mtls.is_required)
    }

    /// Checks what a client presents against what its token is bound to. Returns the nonce for the
    /// client's next proof if it is time for a new one. The use of a proof is recorded after all
    /// other checks have passed.
    ///
    /// # Errors
    /// Returns the first check that fails.
    pub(crate) async fn check(
        &self,
        confirmation: Option<&Confirmation>,
        presented: &Presented<'_>,
        store: &impl Store,
        now: SystemTime,
    ) -> Result<Option<Nonce>, BindingFailure> {
        let Some(confirmation) = confirmation else {
            return self.check_unbound(presented.scheme).map(|()| None);
        };
        let ToProve { certificate, key } = self.check_mechanisms(confirmation, presented.scheme)?;
        if let Some(expected) = certificate {
            match presented.certificate {
                Some(certificate) if certificate == CertificateThumbprint::new(expected) => {}
                Some(_) => return Err(BindingFailure::OtherCertificate),
                None => return Err(BindingFailure::NoCertificate),
            }
        }
        let Some((verifier, key)) = key else {
            return Ok(None);
        };
        let ProofHeader::One(proof) = presented.proof else {
            return Err(BindingFailure::NoProof);
        };
        let proven = Proven {
            method: presented.method,
            path: presented.path,
            token: presented.token,
            key: &key,
        };
        let proof = verifier.verify(proof, proven, now)?;
        let used = UsedProof::new(&key, &proof.jti, now, proof.until);
        match store.record_proof(&used).await? {
            Recorded::Now => Ok(proof.next_nonce),
            Recorded::Before => Err(BindingFailure::Replayed),
        }
    }

    /// Checks a token that did not come with a request, where nothing can be proven.
    ///
    /// # Errors
    /// Fails if the token is bound, or if it has to be.
    #[inline]
    pub(crate) fn check_bare(
        &self,
        confirmation: Option<&Confirmation>,
    ) -> Result<(), BindingFailure> {
        match confirmation {
            Some(_) => Err(BindingFailure::SentAsBearer),
            None if self.concern_unbound() => Err(BindingFailure::Unbound),
            None => Ok(()),
        }
    }

    fn check_unbound(&self, scheme: Scheme) -> Result<(), BindingFailure> {
        match scheme {
            Scheme::Dpop => Err(BindingFailure::NoKey),
            Scheme::Bearer if self.concern_unbound() => Err(BindingFailure::Unbound),
            Scheme::Bearer => Ok(()),
        }
    }

    /// Checks that the token is bound in the ways that are required, and sent with the scheme for it.
    fn check_mechanisms(
        &self,
        confirmation: &Confirmation,
        scheme: Scheme,
    ) -> Result<ToProve<'_>, BindingFailure> {
        let Confirmation { key, certificate } = *confirmation;
        let is_off = (key.is_some() && self.dpop.is_none())
            || (certificate.is_some() && self.mtls.is_none());
        if is_off || !confirmation.is_known() {
            return Err(BindingFailure::UnknownBinding);
        }
        match (scheme, key) {
            (Scheme::Bearer, Some(_)) => return Err(BindingFailure::SentAsBearer),
            (Scheme::Dpop, None) => return Err(BindingFailure::NoKey),
            (Scheme::Bearer, None) | (Scheme::Dpop, Some(_)) => {}
        }
        let requires = |required: bool, member: &Option<[u8; 32]>| required && member.is_none();
        let dpop = self
            .dpop
            .as_ref()
            .is_some_and(|dpop| requires(dpop.is_required, &key));
        let mtls = self
            .mtls
            .as_ref()
            .is_some_and(|mtls| requires(mtls.is_required, &certificate));
        if dpop || mtls {
            return Err(BindingFailure::Unbound);
        }
        let verifier = self.dpop.as_ref().map(|dpop| &dpop.verifier);
        Ok(ToProve {
            certificate,
            key: verifier.zip(key),
        })
    }
}
