//! Lists the checks of a token in their order, and finds the check that a failure belongs to.

use crate::auth::Auth;
use crate::token::{Claim, Source};
use crate::verify::{AudienceClaim, Failure, InvalidClaim, Malformed, Part};

/// A check of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Shape,
    Header,
    Algorithm,
    Payload,
    Key,
    Signature,
    /// The issuer says that the token is active.
    Introspection,
    Expiry,
    NotBefore,
    Kind,
    /// With keys of several issuers, it selects the keys. Otherwise it is a claim like others.
    Issuer,
    Audience,
    OtherClaims,
    Revocation,
    Binding,
}

use Step::{
    Algorithm, Audience, Binding, Expiry, Header, Introspection, Issuer, Key, Kind, NotBefore,
    OtherClaims, Payload, Revocation, Shape, Signature,
};

/// The checks with keys of one issuer, before those of the claims.
const ONE_ISSUER: &[Step] = &[Shape, Header, Algorithm, Key, Signature, Payload];
/// The same with keys of several issuers, of which the token names one.
const SEVERAL_ISSUERS: &[Step] = &[Shape, Header, Algorithm, Payload, Issuer, Key, Signature];
/// The same with introspection.
const INTROSPECTED: &[Step] = &[Shape, Introspection];
/// The checks of the claims, and what follows.
const CLAIMS: [Step; 8] = [
    Expiry,
    NotBefore,
    Kind,
    Issuer,
    Audience,
    OtherClaims,
    Revocation,
    Binding,
];

/// How a token is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    OneIssuer,
    SeveralIssuers,
    Introspected,
}

impl Way {
    pub(super) fn new(auth: &Auth, token: &str) -> Self {
        let verifier = auth.verifier();
        if verifier.source_for(token) == Source::Introspected {
            Self::Introspected
        } else if verifier.has_choice() {
            Self::SeveralIssuers
        } else {
            Self::OneIssuer
        }
    }

    /// Returns the checks in their order, each of them once.
    pub(super) fn steps(self) -> impl Iterator<Item = Step> {
        let first = match self {
            Self::OneIssuer => ONE_ISSUER,
            Self::SeveralIssuers => SEVERAL_ISSUERS,
            Self::Introspected => INTROSPECTED,
        };
        let claims = CLAIMS.into_iter().filter(|step| !first.contains(step));
        first.iter().copied().chain(claims)
    }
}

impl Step {
    pub(super) fn name(self) -> &'static str {
        match self {
            Shape => "shape",
            Header => "header",
            Algorithm => "algorithm",
            Payload => "payload",
            Key => "key",
            Signature => "signature",
            Introspection => "introspection",
            Expiry => "expiry (exp)",
            NotBefore => "not before (nbf)",
            Kind => "kind of token",
            Issuer => "issuer (iss)",
            Audience => "audience (aud)",
            OtherClaims => "other claims",
            Revocation => "revocation",
            Binding => "binding to a key",
        }
    }

    /// Returns the check at which a token failed. It has passed every check before.
    pub(super) fn for_failure(failure: &Failure) -> Self {
        match failure {
            Failure::Malformed(malformed) => malformed_step(malformed),
            Failure::AlgorithmNotAccepted(_) => Algorithm,
            Failure::UnknownKey(_) | Failure::KeysUnavailable { .. } => Key,
            Failure::Signature => Signature,
            Failure::Expired(_) => Expiry,
            Failure::InvalidClaim(claim) => claim_step(claim),
            Failure::Inactive | Failure::IntrospectionUnavailable { .. } => Introspection,
            Failure::Revoked | Failure::StoreUnavailable { .. } => Revocation,
        }
    }
}

fn malformed_step(malformed: &Malformed) -> Step {
    match malformed {
        Malformed::TooLong(_)
        | Malformed::NotB64Token
        | Malformed::NotThreeParts
        | Malformed::Encoding(_) => Shape,
        Malformed::NotUtf8(Part::Header)
        | Malformed::Json(Part::Header, _)
        | Malformed::CriticalExtension
        | Malformed::Compressed
        | Malformed::UnencodedPayload
        | Malformed::Parameter(_)
        | Malformed::Type(_)
        | Malformed::NotAtJwt => Header,
        Malformed::Unsigned | Malformed::UnknownAlgorithm(_) => Algorithm,
        Malformed::NotUtf8(Part::Payload | Part::Signature)
        | Malformed::Json(Part::Payload | Part::Signature, _) => Payload,
        Malformed::Answer(_) => Introspection,
    }
}

fn claim_step(claim: &InvalidClaim) -> Step {
    match claim {
        InvalidClaim::NotYetValid(_) => NotBefore,
        InvalidClaim::SecurityEvent => Kind,
        InvalidClaim::Audience(_) => Audience,
        InvalidClaim::LivesTooLong(_) => OtherClaims,
        InvalidClaim::Issuer(_) => Issuer,
        InvalidClaim::Missing(claim) => match claim {
            Claim::Expiry => Expiry,
            Claim::Issuer => Issuer,
            Claim::Audience => Audience,
            _ => OtherClaims,
        },
        InvalidClaim::WrongType(claim) => match claim {
            Claim::Expiry => Expiry,
            Claim::NotBefore | Claim::IssuedAt => NotBefore,
            Claim::Issuer => Issuer,
            // The last two may hold the audience.
            Claim::Audience | Claim::ClientId | Claim::AuthorizedParty => Audience,
            Claim::Subject
            | Claim::TokenId
            | Claim::SessionId
            | Claim::Confirmation
            | Claim::Events => OtherClaims,
        },
    }
}

/// Returns the name of a claim that may hold the audience.
pub(super) fn audience_claim(claim: AudienceClaim) -> &'static str {
    match claim {
        AudienceClaim::Audience => "aud",
        AudienceClaim::ClientId => "client_id",
        AudienceClaim::AuthorizedParty => "azp",
    }
}
