//! Describes which tokens an application accepts, for documents about its API.

use super::Auth;
use crate::jwks::Algorithm;

/// The tokens that are accepted, and how clients present them.
#[derive(Clone, Debug)]
pub(crate) struct AcceptedTokens {
    /// The issuers that clients get tokens from. With a shared secret there is none.
    pub(crate) issuers: Vec<String>,
    pub(crate) dpop: Presentation,
    /// The accepted `alg` of DPoP proofs.
    pub(crate) proof_algorithms: Vec<&'static str>,
    pub(crate) mtls: Presentation,
    /// The status of the reply to a malformed token.
    pub(crate) malformed_status: u16,
    /// The base URL of the API, if it is configured.
    pub(crate) public_url: Option<String>,
}

/// Whether clients can or must prove in a certain way that they have the key of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presentation {
    Off,
    Allowed,
    Required,
}

impl Presentation {
    fn new(is_required: Option<bool>) -> Self {
        match is_required {
            None => Self::Off,
            Some(false) => Self::Allowed,
            Some(true) => Self::Required,
        }
    }
}

impl Auth {
    pub(crate) fn accepted_tokens(&self) -> AcceptedTokens {
        let verifier = &self.0.verifier;
        let with_keys = verifier.issuers.iter().flat_map(|issuer| &issuer.names);
        let introspected = verifier.introspected.iter();
        let introspected = introspected.flat_map(|issuer| &issuer.names);
        // Nothing says where clients get a token that is signed with a shared secret.
        let issuers = match self.0.replies.shared_secret {
            Some(_) => Vec::new(),
            None => with_keys.chain(introspected).cloned().collect(),
        };
        let bindings = self.0.binding.bindings();
        let dpop = bindings.dpop.as_ref();
        let algorithms = dpop.map_or(&[][..], |dpop| &dpop.verifier.algorithms);
        AcceptedTokens {
            issuers,
            dpop: Presentation::new(dpop.map(|dpop| dpop.is_required)),
            proof_algorithms: algorithms.iter().copied().map(Algorithm::name).collect(),
            mtls: Presentation::new(bindings.mtls.as_ref().map(|mtls| mtls.is_required)),
            malformed_status: self.0.replies.malformed.code,
            public_url: self.0.public_url.clone(),
        }
    }
}
