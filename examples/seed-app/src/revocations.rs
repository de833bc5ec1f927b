//! Revokes tokens: `POST /admin/revocations`.

use auth_runtime::{AccessToken, Auth, AuthError, RevocationError, requires_scope};
use rocket::data::ToByteUnit;
use rocket::http::{ContentType, Status};
use rocket::response::Responder;
use rocket::serde::{Deserialize, json};
use rocket::{Data, State, post};

use crate::scopes;

/// What is revoked, within the issuer of the caller's own token.
#[derive(Deserialize)]
#[serde(crate = "rocket::serde", rename_all = "snake_case")]
enum Revoke {
    Jti(String),
    Sid(String),
    Sub(String),
    ClientId(String),
}

#[derive(Responder)]
pub(crate) enum Refused {
    Status(Status),
    /// The store has not acknowledged the revocation.
    Error(AuthError),
}

#[requires_scope(scopes::REVOKE_TOKENS)]
#[post("/admin/revocations", data = "<body>")]
pub(crate) async fn revoke(
    token: &AccessToken,
    auth: &State<Auth>,
    content_type: Option<&ContentType>,
    body: Data<'_>,
) -> Result<Status, Refused> {
    let revocations = auth
        .revocations()
        .ok_or(Refused::Status(Status::NotFound))?;
    if !content_type.is_some_and(|content_type| content_type.is_json()) {
        return Err(Refused::Status(Status::UnsupportedMediaType));
    }
    let unprocessable = Refused::Status(Status::UnprocessableEntity);
    let body = match body.open(16.kibibytes()).into_string().await {
        Ok(body) if body.is_complete() => body.into_inner(),
        _ => return Err(unprocessable),
    };
    let Ok(body) = json::from_str(&body) else {
        return Err(unprocessable);
    };
    let issuer = token.issuer().unwrap_or_default();
    let revoked = match body {
        Revoke::Jti(jti) => revocations.revoke_token(issuer, &jti).await,
        Revoke::Sid(sid) => revocations.revoke_session(issuer, &sid).await,
        Revoke::Sub(sub) => revocations.revoke_user(issuer, &sub).await,
        Revoke::ClientId(client) => revocations.revoke_client(issuer, &client).await,
    };
    match revoked {
        Ok(()) => Ok(Status::NoContent),
        Err(RevocationError::Empty) => Err(unprocessable),
        Err(error) => Err(Refused::Error(error.into())),
    }
}
