//! Returns the claims of a user to whoever has the user's access token (OpenID Connect Core §5.3).
//! It refuses tokens and proofs like an API (RFC 6750 §3, RFC 9449 §7.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, State as Managed, get, post};
use serde_json::{Map, Value};

use super::error::OAuthError;
use super::proofs::{self, DpopHeader, ProofRefusal};
use super::reply::JsonReply;
use super::{SharedState, State, issued};
use crate::error::{
    AuthError, AuthErrorKind, ChallengeContext, ChallengeSettings, DpopChallenge, HeaderText,
    Scheme,
};
use crate::token::{AcceptedSchemes, Credentials, scope};

const SCOPE: &str = "openid";

/// The access token of a request.
pub(super) struct Presented<'r>(Result<Credentials<'r>, AuthErrorKind>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Presented<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let headers = request.headers().get("Authorization");
        Outcome::Success(Self(Credentials::parse(
            headers,
            AcceptedSchemes::BearerOrDpop,
        )))
    }
}

#[get("/userinfo")]
pub(super) async fn get(
    state: &Managed<SharedState>,
    presented: Presented<'_>,
    dpop: DpopHeader<'_>,
) -> Result<JsonReply, OAuthError> {
    answer(state, presented, dpop, "GET").await
}

#[post("/userinfo")]
pub(super) async fn post(
    state: &Managed<SharedState>,
    presented: Presented<'_>,
    dpop: DpopHeader<'_>,
) -> Result<JsonReply, OAuthError> {
    answer(state, presented, dpop, "POST").await
}

async fn answer(
    state: &State,
    presented: Presented<'_>,
    dpop: DpopHeader<'_>,
    method: &str,
) -> Result<JsonReply, OAuthError> {
    let Credentials { scheme, token } = presented
        .0
        .map_err(|kind| Refusals(None).credentials(kind))?;
    let refused = Refusals(Some(scheme));
    let claims = issued::active_claims(state, token).ok_or_else(|| {
        refused.token(
            AuthErrorKind::TokenInactive,
            "the access token is not active",
        )
    })?;
    let next_nonce = match (key_of(&claims, refused)?, scheme) {
        (None, Scheme::Bearer) => None,
        (Some(key), Scheme::Dpop) => {
            let proven = async {
                let proofs = state.proofs()?;
                proofs.for_access_token(&dpop, method, token, key).await
            };
            let proven = proven.await.map_err(|refusal| refused.proof(refusal))?;
            proven.next_nonce
        }
        (Some(_), Scheme::Bearer) => {
            let why = "the access token is bound to a key and needs a proof";
            return Err(refused.token(AuthErrorKind::BoundToken, why));
        }
        (None, Scheme::Dpop) => {
            let why = "the access token is not bound to a key";
            return Err(refused.token(AuthErrorKind::UnboundToken, why));
        }
    };
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if !scope::split(text("scope")).any(|scope| scope == SCOPE) {
        return Err(refused.scope());
    }
    let user = state.user(text("sub")).ok_or_else(|| {
        refused.token(
            AuthErrorKind::InvalidClaims,
            "the access token is not a user's",
        )
    })?;
    let mut info = user.identity_claims();
    info.insert("sub".to_owned(), user.subject().into());
    Ok(JsonReply {
        body: info.into(),
        next_nonce,
    })
}

/// Returns the thumbprint of the key that a token is bound to.
fn key_of(claims: &Map<String, Value>, refused: Refusals) -> Result<Option<[u8; 32]>, OAuthError> {
    let Some(confirmation) = claims.get("cnf") else {
        return Ok(None);
    };
    let thumbprint = confirmation.get("jkt").and_then(Value::as_str);
    let bytes = thumbprint.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.map(Some).ok_or_else(|| {
        let why = "the access token is bound in another way";
        refused.token(AuthErrorKind::BoundToken, why)
    })
}

/// The refusals of a request that has used this scheme, if we know it.
#[derive(Clone, Copy)]
struct Refusals(Option<Scheme>);

impl Refusals {
    /// Refuses a request that has no token of a known scheme.
    fn credentials(self, kind: AuthErrorKind) -> OAuthError {
        let (code, why) = match kind {
            AuthErrorKind::AuthorizationMissing | AuthErrorKind::SchemeNotBearer => {
                ("invalid_token", "an access token is expected")
            }
            _ => ("invalid_request", "the Authorization header is malformed"),
        };
        self.refusal(kind.into(), code, why)
    }

    fn token(self, kind: AuthErrorKind, why: &'static str) -> OAuthError {
        self.refusal(kind.into(), "invalid_token", why)
    }

    fn scope(self) -> OAuthError {
        let error = AuthError::missing_scopes(&[SCOPE]);
        let why = "the access token lacks the scope `openid`";
        self.refusal(error, "insufficient_scope", why)
    }

    fn proof(self, refusal: ProofRefusal) -> OAuthError {
        match refusal {
            ProofRefusal::Invalid(why) => {
                let error = AuthErrorKind::InvalidDpopProof.into();
                self.refusal(error, "invalid_dpop_proof", why)
            }
            ProofRefusal::Nonce(nonce) => {
                let error = AuthErrorKind::UseDpopNonce.into();
                self.refusal(error, "use_dpop_nonce", proofs::USE_NONCE)
                    .with_nonce(nonce)
            }
            unavailable @ ProofRefusal::Unavailable(_) => unavailable.into(),
        }
    }

    /// Adds what challenges depend on. This endpoint takes both schemes.
    fn refusal(self, error: AuthError, code: &'static str, why: &'static str) -> OAuthError {
        let algorithms = proofs::ALGORITHMS.map(|algorithm| algorithm.to_string());
        let dpop = HeaderText::new(&algorithms.join(" ")).map(|algorithms| DpopChallenge {
            is_required: false,
            algorithms,
        });
        let error = error.in_context(ChallengeContext {
            scheme: self.0,
            settings: ChallengeSettings {
                dpop,
                ..ChallengeSettings::default()
            },
        });
        OAuthError::at_resource(&error, code, why)
    }
}
