//! Records how a token was accepted.

/// How a token became an [`AccessToken`](super::AccessToken).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The index of its issuer among those of the verifier.
    pub(crate) issuer: usize,
    /// The generation of the key set that it was verified with, if it was verified here.
    pub(crate) key_set: Option<u64>,
    /// The fingerprint of the key that signed it, if it was verified here.
    pub(crate) key: Option<u64>,
    pub(crate) source: Source,
}

/// The way in which a token was accepted in this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Its signature was verified.
    Verified,
    /// It was verified before, and remembered.
    Remembered,
    /// It was introspected.
    Introspected,
}
