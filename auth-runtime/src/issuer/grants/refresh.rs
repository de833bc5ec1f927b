//! Redeems refresh tokens (RFC 6749 §6). Each can be used once, and the reply contains the next one
//! (RFC 9700 §4.14).

use super::super::State;
use super::super::error::OAuthError;
use super::super::params::Params;
use super::super::proofs::ProvenKey;
use super::super::secret::secret;
use super::{Granted, Login, requested_scope};
use crate::token::scope;

/// A refresh token that was handed out.
#[derive(Debug)]
pub(in super::super) struct RefreshToken {
    pub(in super::super) login: Login,
    /// The thumbprint of the key that the client must prove (RFC 9449 §5).
    thumbprint: Option<[u8; 32]>,
    is_used: bool,
}

impl State {
    /// Hands out a refresh token for this login.
    pub(super) fn refresh_token(
        &self,
        login: Login,
        key: Option<&ProvenKey>,
    ) -> Result<String, OAuthError> {
        let token = secret("refresh")?;
        let entry = RefreshToken {
            login,
            thumbprint: key.map(|key| key.thumbprint),
            is_used: false,
        };
        self.refresh_tokens.insert(token.clone(), entry);
        Ok(token)
    }
}

/// The reason why a refresh token is refused.
enum RefreshProblem {
    Reused { session: String },
    OtherClient,
    OtherKey,
    Ended,
    Scope,
}

pub(super) fn grant<'s>(
    state: &'s State,
    client: &str,
    params: &Params,
    key: Option<&ProvenKey>,
) -> Result<Granted<'s>, OAuthError> {
    let token = params.require("refresh_token")?;
    let scope = requested_scope(params)?;
    let sent = key.map(|key| key.thumbprint);
    let used = state.refresh_tokens.with(token, |entry| {
        if entry.login.client != client {
            return Err(RefreshProblem::OtherClient);
        }
        if entry.is_used {
            let session = entry.login.session.clone();
            return Err(RefreshProblem::Reused { session });
        }
        if entry.thumbprint.is_some() && entry.thumbprint != sent {
            return Err(RefreshProblem::OtherKey);
        }
        if state.has_ended(&entry.login.session) {
            return Err(RefreshProblem::Ended);
        }
        if !state.may_have(&entry.login, scope.as_deref()) {
            return Err(RefreshProblem::Scope);
        }
        entry.is_used = true;
        Ok(entry.login.clone())
    });
    let why = match used {
        Some(Ok(login)) => {
            let next = state.refresh_token(login.clone(), key)?;
            let scope = scope.as_deref().or(login.scope.as_deref());
            return state.tokens_for(&login, scope, next);
        }
        Some(Err(RefreshProblem::Scope)) => {
            return Err(OAuthError::bad_request(
                "invalid_scope",
                "`scope` asks for more than the user has allowed",
            ));
        }
        Some(Err(RefreshProblem::Reused { session })) => {
            // Two parties have the token, and one of them stole it.
            state.end_session(session);
            "the refresh token was used before, so that the session has ended"
        }
        Some(Err(RefreshProblem::OtherClient)) => "the refresh token is another client's",
        Some(Err(RefreshProblem::OtherKey)) => "the refresh token is bound to another DPoP key",
        Some(Err(RefreshProblem::Ended)) => "the session has ended",
        None => "the refresh token is unknown",
    };
    Err(OAuthError::invalid_grant(why))
}

impl State {
    /// Returns whether the user has allowed all of these scopes.
    fn may_have(&self, login: &Login, scopes: Option<&str>) -> bool {
        let (Some(scopes), Some(user)) = (scopes, self.user(&login.user)) else {
            return true;
        };
        let allowed = self.granted_scopes(user, login.scope.as_deref());
        scope::split(scopes).all(|scope| allowed.iter().any(|allowed| allowed == scope))
    }
}
