//! Grants client credentials (RFC 6749 §4.4), for scripts. Every request is granted.

use serde_json::{Map, Value, json};

use super::super::State;
use super::super::error::OAuthError;
use super::super::params::Params;
use super::super::reserved::is_reserved;
use super::super::token::TokenBuilder;
use super::{Granted, audience, requested_scope};
use crate::token::Document;

pub(super) fn grant<'s>(
    state: &'s State,
    client: &str,
    params: &Params,
) -> Result<Granted<'s>, OAuthError> {
    let scope = requested_scope(params)?;
    let mut token = match params.get("sub") {
        None => with_scope(
            TokenBuilder::new(state)
                .subject(format!("{client}@clients"))
                .claim("gty", "client-credentials"),
            scope,
        ),
        Some(subject) => match state.user(subject) {
            Some(user) => state.token_for(user, scope.as_deref()),
            None => with_scope(TokenBuilder::new(state).subject(subject), scope),
        },
    };
    for (name, value) in requested_claims(params)? {
        token = token.claim(&name, value);
    }
    let names = &state.api().claim_names;
    for (param, claim) in [("permissions", &names.permissions), ("roles", &names.roles)] {
        if let Some(values) = params.get(param) {
            let values: Vec<_> = values.split_whitespace().collect();
            token = token.claim_at(claim, json!(values));
        }
    }
    token = token.claim("client_id", client).claim("azp", client);
    if let Some(audience) = audience(params) {
        token = token.audience(audience);
    }
    if let Some(session) = params.get("session") {
        token = token.claim("sid", session);
    }
    Ok(Granted {
        access: token,
        identity: None,
        refresh: None,
    })
}

fn with_scope(token: TokenBuilder<'_>, scope: Option<String>) -> TokenBuilder<'_> {
    match scope {
        Some(scope) => token.scope(scope),
        None => token,
    }
}

/// Returns the claims that the request asks for.
fn requested_claims(params: &Params) -> Result<Map<String, Value>, OAuthError> {
    let Some(text) = params.get("claims") else {
        return Ok(Map::new());
    };
    let claims = parse_claims(text)?;
    match claims.keys().find(|name| is_reserved(name)) {
        Some(name) => Err(OAuthError::invalid_request(format!(
            "the issuer decides the claim `{name}` by itself"
        ))),
        None => Ok(claims),
    }
}

fn parse_claims(text: &str) -> Result<Map<String, Value>, OAuthError> {
    let document = Document::parse(text).map_err(|error| {
        OAuthError::invalid_request(format!("`claims` cannot be read: {error}"))
    })?;
    let claims = document
        .object()
        .members()
        .map(|(name, value)| (name.as_str().to_owned(), value.into()));
    Ok(claims.collect())
}
