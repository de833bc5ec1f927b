//! Lists the documented refusals.

use std::borrow::Cow;

/// The documented reply in one case.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) description: &'static str,
    pub(crate) challenge: Option<Cow<'static, str>>,
}

/// The request does not have an `Authorization` header, or has an empty one.
pub(crate) const AUTHORIZATION_MISSING: Refusal = Refusal {
    status: 401,
    code: "authorization_header_missing",
    description: "Authorization header is expected",
    challenge: Some(Cow::Borrowed("Bearer")),
};

/// The header has another scheme.
pub(crate) const SCHEME_NOT_BEARER: Refusal = Refusal {
    status: 401,
    code: "invalid_header",
    description: "Authorization header must start with Bearer",
    challenge: Some(Cow::Borrowed("Bearer")),
};

/// The header is `Bearer` without a token.
pub(crate) const TOKEN_MISSING: Refusal = Refusal {
    status: 401,
    code: "invalid_header",
    description: "Token not found",
    challenge: Some(Cow::Borrowed(r#"Bearer error="invalid_request""#)),
};

/// The header has more than two parts, or there are several `Authorization` headers.
pub(crate) const AUTHORIZATION_MALFORMED: Refusal = Refusal {
    status: 401,
    code: "invalid_header",
    description: "Authorization header must be Bearer token",
    challenge: Some(Cow::Borrowed(r#"Bearer error="invalid_request""#)),
};

/// No key fits the token.
pub(crate) const UNKNOWN_KEY: Refusal = Refusal {
    status: 401,
    code: "invalid_header",
    description: "Unable to find appropriate key",
    challenge: Some(Cow::Borrowed(r#"Bearer error="invalid_token""#)),
};

/// The token has expired.
pub(crate) const TOKEN_EXPIRED: Refusal = Refusal {
    status: 401,
    code: "token_expired",
    description: "token is expired",
    challenge: Some(Cow::Borrowed(r#"Bearer error="invalid_token""#)),
};

/// `iss` or `aud` is wrong, `nbf` is in the future, or a required claim is missing or has the wrong
/// type.
pub(crate) const INVALID_CLAIMS: Refusal = Refusal {
    status: 401,
    code: "invalid_claims",
    description: "incorrect claims, please check the audience and issuer",
    challenge: Some(Cow::Borrowed(r#"Bearer error="invalid_token""#)),
};

/// Anything else about the token is wrong: its shape, encoding, algorithm or signature.
pub(crate) const INVALID_TOKEN: Refusal = Refusal {
    status: 401,
    code: "invalid_header",
    description: "Unable to parse authentication token.",
    challenge: Some(Cow::Borrowed(r#"Bearer error="invalid_token""#)),
};

/// No keys are available.
pub(crate) const KEYS_UNAVAILABLE: Refusal = Refusal {
    status: 503,
    code: "keys_unavailable",
    description: "Signing keys are unavailable, try again later",
    challenge: None,
};

/// Returns the refusal of a token that does not meet a requirement of the route. The challenge names
/// these scopes.
pub(crate) fn forbidden(scopes: &str) -> Refusal {
    Refusal {
        status: 403,
        code: "Unauthorized",
        description: "You don't have access to this resource.",
        challenge: Some(format!(r#"Bearer error="insufficient_scope", scope="{scopes}""#).into()),
    }
}

/// The issuer says that the token is not active.
pub(crate) const TOKEN_INACTIVE: Refusal = Refusal {
    status: 401,
    code: "token_inactive",
    description: "The token is not active",
    challenge: Some(Cow::Borrowed(r#"Bearer error="invalid_token""#)),
};

/// The introspection endpoint gives no valid answer.
pub(crate) const INTROSPECTION_UNAVAILABLE: Refusal = Refusal {
    status: 503,
    code: "introspection_unavailable",
    description: "The token cannot be checked now, try again later",
    challenge: None,
};

/// The token was revoked.
pub(crate) const TOKEN_REVOKED: Refusal = Refusal {
    status: 401,
    code: "token_revoked",
    description: "The token was revoked",
    challenge: Some(Cow::Borrowed(r#"Bearer error="invalid_token""#)),
};

/// The shared store cannot be reached.
pub(crate) const STORE_UNAVAILABLE: Refusal = Refusal {
    status: 503,
    code: "store_unavailable",
    description: "The request cannot be checked now, try again later",
    challenge: None,
};
