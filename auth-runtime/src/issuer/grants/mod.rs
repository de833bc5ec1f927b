//! Serves the token endpoint (RFC 6749 §3.2) and the grants that it accepts.

mod client_credentials;
mod code;
mod device;
mod refresh;

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::{State as Managed, post};
use serde_json::json;

pub(super) use self::code::{AuthorizationCode, CodeChallenge};
pub(super) use self::device::{DeviceCode, DeviceDecision, normal_user_code};
pub(super) use self::refresh::RefreshToken;
use super::authentication::AuthorizationHeader;
use super::error::OAuthError;
use super::params::Params;
use super::proofs::{DpopHeader, ProvenKey};
use super::reply::JsonReply;
use super::token::{TokenBuilder, now};
use super::{SharedState, State};
use crate::token::scope;

const MAX_LIFETIME: u64 = 30 * 24 * 60 * 60;

/// The values of `grant_type` that the endpoint takes.
pub(super) const GRANT_TYPES: [&str; 4] = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:device_code",
];

/// What a user has allowed a client by logging in.
#[derive(Clone, Debug)]
pub(super) struct Login {
    pub(super) client: String,
    /// The user's `sub`.
    pub(super) user: String,
    /// The scopes that the client asked for.
    pub(super) scope: Option<String>,
    pub(super) audience: Option<String>,
    /// The `sid` of its tokens.
    pub(super) session: String,
    pub(super) auth_time: u64,
    /// The `nonce` of the ID token.
    pub(super) nonce: Option<String>,
}

/// What a grant leads to.
struct Granted<'s> {
    /// The access token.
    access: TokenBuilder<'s>,
    /// The ID token.
    identity: Option<TokenBuilder<'s>>,
    /// The refresh token.
    refresh: Option<String>,
}

#[post("/oauth/token", data = "<params>")]
pub(super) async fn token(
    state: &Managed<SharedState>,
    authorization: AuthorizationHeader<'_>,
    dpop: DpopHeader<'_>,
    params: Result<Params, OAuthError>,
) -> Result<JsonReply, OAuthError> {
    let params = params?;
    let grant_type = params.require("grant_type")?;
    if !GRANT_TYPES.contains(&grant_type) {
        return Err(OAuthError::bad_request(
            "unsupported_grant_type",
            format!("`grant_type` must be one of {}", GRANT_TYPES.join(", ")),
        ));
    }
    let lifetime = lifetime(&params)?;
    let is_opaque = is_opaque(&params)?;
    let client = if grant_type == "client_credentials" {
        state.client_id_or_default(&authorization, &params)?
    } else {
        state.client_id(&authorization, &params)?
    };
    let key = state.proofs()?.for_token_request(&dpop).await?;
    let granted = match grant_type {
        "authorization_code" => code::grant(state, &client, &params, key.as_ref()),
        "refresh_token" => refresh::grant(state, &client, &params, key.as_ref()),
        "client_credentials" => client_credentials::grant(state, &client, &params),
        _ => device::grant(state, &client, &params, key.as_ref()),
    }?;
    granted.into_reply(lifetime, is_opaque, key)
}

/// Reads how long the access token is valid, in seconds.
fn lifetime(params: &Params) -> Result<u64, OAuthError> {
    let Some(text) = params.get("expires_in") else {
        return Ok(3600);
    };
    match text.parse() {
        Ok(seconds) if seconds <= MAX_LIFETIME => Ok(seconds),
        Ok(_) => Err(OAuthError::invalid_request(
            "`expires_in` is more than 30 days",
        )),
        Err(_) => Err(OAuthError::invalid_request(
            "`expires_in` is not a number of seconds",
        )),
    }
}

fn is_opaque(params: &Params) -> Result<bool, OAuthError> {
    match params.get("token_format") {
        None | Some("jwt") => Ok(false),
        Some("opaque") => Ok(true),
        Some(_) => Err(OAuthError::invalid_request(
            "`token_format` is neither `jwt` nor `opaque`",
        )),
    }
}

impl State {
    /// Returns the tokens for a login, with these scopes of those that the client asked for.
    fn tokens_for<'s>(
        &'s self,
        login: &Login,
        scopes: Option<&str>,
        refresh_token: String,
    ) -> Result<Granted<'s>, OAuthError> {
        let user = self.user(&login.user);
        let user = user.ok_or_else(|| OAuthError::invalid_grant("the user does not exist"))?;
        let mut access_token = self
            .token_for(user, scopes)
            .claim("client_id", login.client.as_str())
            .claim("azp", login.client.as_str())
            .claim("sid", login.session.as_str())
            .claim("auth_time", login.auth_time);
        if let Some(audience) = &login.audience {
            access_token = access_token.audience(audience.as_str());
        }
        let is_openid = access_token
            .granted_scope()
            .is_some_and(|granted| scope::split(granted).any(|scope| scope == "openid"));
        Ok(Granted {
            access: access_token,
            identity: is_openid.then(|| self.id_token(user, login)),
            refresh: Some(refresh_token),
        })
    }

    /// Builds the ID token of a login (OpenID Connect Core §2).
    fn id_token<'s>(&'s self, user: &super::LocalUser, login: &Login) -> TokenBuilder<'s> {
        let mut token = TokenBuilder::new(self)
            .header("typ", "JWT")
            .without_claim("jti")
            .without_claim("client_id");
        for (name, value) in user.identity_claims() {
            token = token.claim(&name, value);
        }
        if let Some(nonce) = &login.nonce {
            token = token.claim("nonce", nonce.as_str());
        }
        token
            .subject(login.user.as_str())
            .audience(login.client.as_str())
            .claim("azp", login.client.as_str())
            .claim("sid", login.session.as_str())
            .claim("auth_time", login.auth_time)
    }
}

impl Granted<'_> {
    fn into_reply(
        self,
        lifetime: u64,
        is_opaque: bool,
        key: Option<ProvenKey>,
    ) -> Result<JsonReply, OAuthError> {
        let mut token = self.access.lifetime(Duration::from_secs(lifetime));
        if let Some(key) = &key {
            let thumbprint = URL_SAFE_NO_PAD.encode(key.thumbprint);
            token = token.claim("cnf", json!({ "jkt": thumbprint }));
        }
        let mut body = json!({
            "token_type": if key.is_some() { "DPoP" } else { "Bearer" },
            "expires_in": lifetime,
        });
        let mut set = |name: &str, value: Option<String>| {
            if let (Some(body), Some(value)) = (body.as_object_mut(), value) {
                body.insert(name.to_owned(), value.into());
            }
        };
        set("scope", token.granted_scope().map(str::to_owned));
        let token = if is_opaque {
            token.try_mint_opaque()?
        } else {
            token.try_mint()?
        };
        let id_token = self.identity.map(|id_token| {
            let id_token = id_token.claim("at_hash", half_hash(&token));
            id_token.lifetime(Duration::from_secs(lifetime)).try_mint()
        });
        set("access_token", Some(token));
        set("id_token", id_token.transpose()?);
        set("refresh_token", self.refresh);
        Ok(JsonReply {
            body,
            next_nonce: key.and_then(|key| key.next_nonce),
        })
    }
}

/// Returns the first half of the token's hash (OpenID Connect Core §3.1.3.6).
fn half_hash(token: &str) -> String {
    let hash = digest(&SHA256, token.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.as_ref().get(..16).unwrap_or_default())
}

/// Returns the audience that a request asks for, as `audience` or as `resource` (RFC 8707).
pub(super) fn audience(params: &Params) -> Option<String> {
    let audience = params.get("audience").or_else(|| params.get("resource"));
    audience.map(str::to_owned)
}

/// Returns the scopes that a request asks for.
///
/// # Errors
/// Fails if one of them is not a scope.
pub(super) fn requested_scope(params: &Params) -> Result<Option<String>, OAuthError> {
    match params.get("scope") {
        Some(scope) if !scope::are_scope_tokens(scope) => Err(OAuthError::bad_request(
            "invalid_scope",
            "`scope` is not a list of scopes with spaces between them",
        )),
        scope => Ok(scope.map(str::to_owned)),
    }
}

/// Creates a login that happens now.
pub(super) fn login_now(
    client: &str,
    user: &str,
    scope: Option<String>,
    audience: Option<String>,
    nonce: Option<String>,
) -> Result<Login, OAuthError> {
    Ok(Login {
        client: client.to_owned(),
        user: user.to_owned(),
        scope,
        audience,
        session: super::secret::secret("session")?,
        auth_time: now(),
        nonce,
    })
}
