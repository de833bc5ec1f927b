//! Lists the claims that neither a user nor a request may set.

/// Claims that the issuer decides by itself. A token with another value would not be what it seems.
const RESERVED: [&str; 21] = [
    "active",
    "act",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "events",
    "exp",
    "gty",
    "iat",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "scope",
    "sid",
    "sub",
    "token_type",
];

/// Returns whether the issuer decides this claim by itself.
pub(crate) fn is_reserved(claim: &str) -> bool {
    RESERVED.contains(&claim)
}
