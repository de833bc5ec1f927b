//! Defines the kinds of refusals in the only table of replies.

use rocket::http::Status;

/// The `error` parameter of a challenge (RFC 6750 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// The refusal does not concern credentials, so the reply does not have a challenge.
    None,
    /// The client did not send credentials of a known scheme, so the challenge does not have an
    /// `error` (RFC 6750 §3).
    Bare,
    /// The challenge has this `error`, and the scheme that the client used.
    Error(&'static str),
    /// The challenge is for `DPoP`, and does not have an `error`.
    BareDpop,
    /// The challenge is for `DPoP`, and has this `error`.
    Dpop(&'static str),
    /// The challenge has this `error`, and the scheme for bound tokens.
    Bound(&'static str),
}

/// The reply of one kind of refusal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) status: Status,
    pub(super) code: &'static str,
    pub(super) description: &'static str,
    pub(super) challenge: Challenge,
}

/// Describes a challenge for the documentation of its kind.
macro_rules! challenge_text {
    (None) => {
        "There is no challenge."
    };
    (Bare) => {
        "The challenge has no `error`: it is `Bearer`, with `DPoP` instead or as well if that is accepted."
    };
    (BareDpop) => {
        "The challenge is `DPoP`, without an `error`."
    };
    (Dpop $error:literal) => {
        concat!("The challenge is `DPoP error=\"", $error, "\"`.")
    };
    (Error $error:literal) => {
        concat!("The challenge has `error=\"", $error, "\"` and the scheme that the client used.")
    };
    (Bound $error:literal) => {
        concat!("The challenge has `error=\"", $error, "\"` and the scheme for bound tokens.")
    };
}

/// Defines the kinds and their rows together, so that the documentation of a kind cannot differ
/// from its reply.
macro_rules! kinds {
    ($(
        $(#[doc = $doc:literal])*
        $kind:ident: $status:literal $code:literal $description:literal,
            Challenge::$challenge:ident $(($error:literal))?;
    )*) => {
        /// The kinds of refusals that clients can distinguish: see
        /// [`AuthError::kind`](super::AuthError::kind).
        ///
        /// Published codes and descriptions do not change. New kinds may be added.
        ///
        /// [Errors](crate::guide::errors#the-replies) lists the replies with their challenges.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum AuthErrorKind {
            $(
                $(#[doc = $doc])*
                #[doc = ""]
                #[doc = concat!("Status ", $status, ", code `", $code, "`, description “", $description, "”. ")]
                #[doc = challenge_text!($challenge $($error)?)]
                $kind,
            )*
        }

        impl AuthErrorKind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            pub(super) const fn row(self) -> Row {
                match self {
                    $(Self::$kind => Row {
                        status: Status::new($status),
                        code: $code,
                        description: $description,
                        challenge: Challenge::$challenge $(($error))?,
                    },)*
                }
            }
        }
    };
}

kinds! {
    /// The request has no `Authorization` header, or an empty one.
    AuthorizationMissing: 401 "authorization_header_missing"
        "Authorization header is expected", Challenge::Bare;
    /// The scheme of the `Authorization` header is not Bearer.
    SchemeNotBearer: 401 "invalid_header"
        "Authorization header must start with Bearer", Challenge::Bare;
    /// The scheme of the `Authorization` header is not `DPoP`, which the configuration requires.
    SchemeNotDpop: 401 "invalid_header"
        "Authorization header must start with DPoP", Challenge::BareDpop;
    /// The `Authorization` header has a scheme but no token.
    TokenMissing: 401 "invalid_header"
        "Token not found", Challenge::Error("invalid_request");
    /// The `Authorization` header has more than two parts, or the request has more than one.
    AuthorizationMalformed: 401 "invalid_header"
        "Authorization header must be Bearer token", Challenge::Error("invalid_request");
    /// The `Authorization` header has the scheme `DPoP` and more than two parts, or the request has
    /// more than one.
    DpopAuthorizationMalformed: 401 "invalid_header"
        "Authorization header must be DPoP token", Challenge::Dpop("invalid_request");
    /// No known key could have signed the token.
    UnknownKey: 401 "invalid_header"
        "Unable to find appropriate key", Challenge::Error("invalid_token");
    /// The time in `exp` has passed.
    TokenExpired: 401 "token_expired"
        "token is expired", Challenge::Error("invalid_token");
    /// `iss` or `aud` does not match, `nbf` is in the future, or a required claim is missing or has
    /// the wrong type.
    InvalidClaims: 401 "invalid_claims"
        "incorrect claims, please check the audience and issuer", Challenge::Error("invalid_token");
    /// Anything else is wrong with the token: its shape, encoding, algorithm or signature. The
    /// configuration key `malformed_token_status` may change the status to 400.
    InvalidToken: 401 "invalid_header"
        "Unable to parse authentication token.", Challenge::Error("invalid_token");
    /// In shared-secret mode: the token was not signed with the secret, or is malformed. The
    /// configuration key `malformed_token_status` may change the status of a malformed token to 400.
    InvalidSignature: 401 "token_invalid_signature"
        "token signature is invalid", Challenge::Error("invalid_token");
    /// In shared-secret mode: the token is not for this API. The description goes on with
    /// the accepted audiences: “, expected: AUDIENCE”.
    InvalidAudience: 401 "invalid_audience"
        "incorrect audience", Challenge::Error("invalid_token");
    /// The token is bound to a key (RFC 7800), and was sent without a proof of that key, or is bound in a
    /// way that is not in use here.
    BoundToken: 401 "bound_token"
        "The token is bound to a key and cannot be used as a bearer token",
        Challenge::Bound("invalid_token");
    /// The token is not bound to a key, and has to be.
    UnboundToken: 401 "unbound_token"
        "The token is not bound to a key", Challenge::Bound("invalid_token");
    /// The request has no `DPoP` header, or more than one (RFC 9449).
    DpopProofMissing: 401 "invalid_dpop_proof"
        "A DPoP proof is expected", Challenge::Dpop("invalid_dpop_proof");
    /// The `DPoP` proof is malformed, is for another key, request or token, is too old, or was used
    /// before.
    InvalidDpopProof: 401 "invalid_dpop_proof"
        "The DPoP proof is not valid for this request", Challenge::Dpop("invalid_dpop_proof");
    /// The `DPoP` proof lacks the nonce that is in the header `DPoP-Nonce` of the reply (RFC 9449 §9).
    UseDpopNonce: 401 "use_dpop_nonce"
        "The DPoP proof must carry the nonce of this reply", Challenge::Dpop("use_dpop_nonce");
    /// The token is bound to a certificate that the client did not present (RFC 8705).
    CertificateMismatch: 401 "certificate_mismatch"
        "The token is bound to another client certificate", Challenge::Error("invalid_token");
    /// The token is valid, but does not meet a requirement of the route.
    Forbidden: 403 "Unauthorized"
        "You don't have access to this resource.", Challenge::Error("insufficient_scope");
    /// The token is valid, but the login behind it is too old or too weak for the route (RFC 9470).
    StepUp: 401 "insufficient_user_authentication"
        "A more recent or stronger login is needed",
        Challenge::Error("insufficient_user_authentication");
    /// No keys have been fetched from the issuer yet.
    KeysUnavailable: 503 "keys_unavailable"
        "Signing keys are unavailable, try again later", Challenge::None;
    /// The issuer says that the token is not active.
    TokenInactive: 401 "token_inactive"
        "The token is not active", Challenge::Error("invalid_token");
    /// The introspection endpoint cannot be asked, refuses our credentials, or does not answer as
    /// RFC 7662 says.
    IntrospectionUnavailable: 503 "introspection_unavailable"
        "The token cannot be checked now, try again later", Challenge::None;
    /// The token was revoked.
    TokenRevoked: 401 "token_revoked"
        "The token was revoked", Challenge::Error("invalid_token");
    /// The store that instances share cannot be asked, or is full.
    StoreUnavailable: 503 "store_unavailable"
        "The request cannot be checked now, try again later", Challenge::None;
    /// The token does not meet a requirement of a route that hides what it serves (`not_found`). The
    /// reply is the one that the application gives to every other 404.
    NotFound: 404 "not_found"
        "The requested resource could not be found.", Challenge::None;
    /// A guard ran in a Rocket without [`Auth::fairing`](crate::Auth::fairing). This is a mistake
    /// of the application; the launch finds it if a handler has the guard.
    NotAttached: 500 "not_attached"
        "Auth::fairing() is not attached", Challenge::None;
    /// A [`Rule`](crate::Rule) of the application failed to decide.
    RuleFailed: 500 "rule_failed"
        "A rule of this route failed", Challenge::None;
}
