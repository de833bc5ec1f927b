//! Holds the state that the issuer's server and its handles share.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use super::LocalClient;
use super::device;
use super::error::OAuthError;
use super::expiring::Expiring;
use super::grants::{AuthorizationCode, DeviceCode, RefreshToken};
use super::issued::{self, Issued};
use super::keys::SigningKeys;
use super::proofs::{ProofRefusal, Proofs};
use super::token::TokenBuilder;
use super::users::{ApiGrants, LocalUser};

const CODE_LIFETIME: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) struct State {
    /// Known once the server listens.
    pub(super) url: OnceLock<String>,
    pub(super) audience: String,
    pub(super) keys: SigningKeys,
    pub(super) users: Vec<LocalUser>,
    clients: Vec<LocalClient>,
    /// What the routes of the API require. It is known once the API has launched.
    api: OnceLock<ApiGrants>,
    /// What is in effect until then.
    default_api: ApiGrants,
    pub(super) issued: Issued,
    pub(super) codes: Expiring<AuthorizationCode>,
    pub(super) refresh_tokens: Expiring<RefreshToken>,
    pub(super) device_codes: Expiring<DeviceCode>,
    /// The device code of each user code.
    pub(super) user_codes: Expiring<String>,
    ended_sessions: Expiring<()>,
    /// Known once the server listens.
    proofs: OnceLock<Proofs>,
}

impl State {
    pub(super) fn new(
        audience: String,
        keys: SigningKeys,
        users: Vec<LocalUser>,
        clients: Vec<LocalClient>,
    ) -> Self {
        Self {
            url: OnceLock::new(),
            audience,
            keys,
            users,
            clients,
            api: OnceLock::new(),
            default_api: ApiGrants::default(),
            issued: Issued::new(30 * DAY),
            codes: Expiring::new(CODE_LIFETIME),
            refresh_tokens: Expiring::new(30 * DAY),
            device_codes: Expiring::new(device::LIFETIME),
            user_codes: Expiring::new(device::LIFETIME),
            ended_sessions: Expiring::new(30 * DAY),
            proofs: OnceLock::new(),
        }
    }

    /// Returns the issuer's address, which ends with a slash.
    pub(super) fn url(&self) -> &str {
        self.url.get().map_or("", String::as_str)
    }

    pub(super) fn user(&self, subject: &str) -> Option<&LocalUser> {
        self.users.iter().find(|user| user.subject() == subject)
    }

    pub(super) fn client(&self, id: &str) -> Option<&LocalClient> {
        self.clients.iter().find(|client| client.id() == id)
    }

    /// # Errors
    /// Fails while the issuer starts.
    pub(super) fn proofs(&self) -> Result<&Proofs, ProofRefusal> {
        let starting = ProofRefusal::Unavailable("the issuer has not started yet");
        self.proofs.get().ok_or(starting)
    }

    pub(super) fn set_proofs(&self, proofs: Proofs) {
        // The issuer starts once.
        let _ = self.proofs.set(proofs);
    }

    /// Returns what the routes of the API require.
    pub(super) fn api(&self) -> &ApiGrants {
        self.api.get().unwrap_or(&self.default_api)
    }

    /// Returns where the API reads scopes, if it does not read `scope`.
    pub(super) fn other_scope_claim(&self) -> Option<&str> {
        let names = &self.api().claim_names.scopes;
        let is_scope = |name: &String| name == "scope" || name == "/scope";
        let first = names.first()?;
        (!names.iter().any(is_scope)).then_some(first)
    }

    pub(super) fn set_api(&self, api: ApiGrants) {
        // A clone of the issuer may serve another API. The first one counts.
        let _ = self.api.set(api);
    }

    /// Returns those of the scopes that the user may have. Without a list, it returns all of them.
    pub(super) fn granted_scopes(&self, user: &LocalUser, scopes: Option<&str>) -> Vec<String> {
        user.granted_scopes(scopes, self.api())
    }

    /// Returns a token of this user, with those of the scopes that the user may have. Without a list,
    /// it has all of them.
    pub(super) fn token_for(&self, user: &LocalUser, scopes: Option<&str>) -> TokenBuilder<'_> {
        let mut token = TokenBuilder::new(self).subject(user.subject());
        for (name, value) in user.access_claims(self.api()) {
            token = token.claim(&name, value);
        }
        let scopes = self.granted_scopes(user, scopes);
        if scopes.is_empty() {
            token
        } else {
            token.scope(scopes.join(" "))
        }
    }

    /// Ends a session: its refresh tokens are void, and its access tokens are not active.
    pub(super) fn end_session(&self, session: String) {
        self.ended_sessions.insert(session, ());
    }

    pub(super) fn has_ended(&self, session: &str) -> bool {
        self.ended_sessions.contains(session)
    }

    /// Revokes a token that this client has been issued (RFC 7009 §2.1).
    ///
    /// # Errors
    /// Fails if the token was issued to another client.
    pub(super) fn revoke_for(&self, client: &str, token: &str) -> Result<(), OAuthError> {
        let refresh_token = self
            .refresh_tokens
            .with(token, |entry| entry.login.client.clone());
        let owner = refresh_token.or_else(|| issued::client_of(self, token));
        if owner.is_some_and(|owner| owner != client) {
            let why = "the token was issued to another client";
            return Err(OAuthError::invalid_grant(why));
        }
        self.revoke(token);
        Ok(())
    }

    /// Revokes an access token, or with a refresh token its session.
    pub(super) fn revoke(&self, token: &str) {
        let session = self
            .refresh_tokens
            .with(token, |entry| entry.login.session.clone());
        match session {
            Some(session) => self.end_session(session),
            None => issued::revoke(self, token),
        }
    }
}

/// Hides everything else, because it contains secrets.
impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("url", &self.url())
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}
