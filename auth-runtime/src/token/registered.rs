//! Finds the claims that verification and [`Draft`](super::Draft) need in one pass over the members.
//! Looking for each of them by name would pass over all members each time, which would be a quarter
//! of the instructions for a new token without its signature.

use super::json::{Json, Object};

/// Claims with a registered meaning, as far as this crate reads them. Their types are not checked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RegisteredClaims<'c, 'a> {
    pub(crate) issuer: Option<&'c Json<'a>>,
    pub(crate) subject: Option<&'c Json<'a>>,
    pub(crate) audience: Option<&'c Json<'a>>,
    pub(crate) expiry: Option<&'c Json<'a>>,
    pub(crate) not_before: Option<&'c Json<'a>>,
    pub(crate) issued_at: Option<&'c Json<'a>>,
    pub(crate) token_id: Option<&'c Json<'a>>,
    pub(crate) session_id: Option<&'c Json<'a>>,
    pub(crate) client_id: Option<&'c Json<'a>>,
    pub(crate) authorized_party: Option<&'c Json<'a>>,
    pub(crate) confirmation: Option<&'c Json<'a>>,
    pub(crate) events: Option<&'c Json<'a>>,
}

impl<'c, 'a> RegisteredClaims<'c, 'a> {
    /// Finds the claims among the members of an object, in which no name occurs twice.
    pub(crate) fn find(claims: &'c Object<'a>) -> Self {
        let mut found = Self::default();
        for (name, value) in claims.members() {
            let claim = match name.as_str() {
                "iss" => &mut found.issuer,
                "sub" => &mut found.subject,
                "aud" => &mut found.audience,
                "exp" => &mut found.expiry,
                "nbf" => &mut found.not_before,
                "iat" => &mut found.issued_at,
                "jti" => &mut found.token_id,
                "sid" => &mut found.session_id,
                "client_id" => &mut found.client_id,
                "azp" => &mut found.authorized_party,
                "cnf" => &mut found.confirmation,
                "events" => &mut found.events,
                _ => continue,
            };
            *claim = Some(value);
        }
        found
    }
}
