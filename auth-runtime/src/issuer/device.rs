//! Gives a device its codes, and lets its user log in (RFC 8628 §3.1 to §3.3).

use std::time::Duration;

use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{State as Managed, get, post};
use serde_json::{Value, json};

use super::SharedState;
use super::authentication::AuthorizationHeader;
use super::error::OAuthError;
use super::grants::{
    DeviceCode, DeviceDecision, audience, login_now, normal_user_code, requested_scope,
};
use super::page::{Page, escaped};
use super::params::Params;
use super::query::Query;
use super::secret::{secret, user_code};

/// How long a device waits for its user.
pub(super) const LIFETIME: Duration = Duration::from_secs(600);

#[post("/device_authorization", data = "<params>")]
pub(super) fn start(
    state: &Managed<SharedState>,
    authorization: AuthorizationHeader<'_>,
    params: Result<Params, OAuthError>,
) -> Result<Json<Value>, OAuthError> {
    let params = params?;
    let client = state.client_id(&authorization, &params)?;
    let device = DeviceCode::new(client, requested_scope(&params)?, audience(&params));
    let (device_code, user_code) = (secret("device")?, user_code()?);
    state.device_codes.insert(device_code.clone(), device);
    state
        .user_codes
        .insert(user_code.clone(), device_code.clone());
    let page = format!("{}device", state.url());
    Ok(Json(json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "verification_uri": page,
        "expires_in": LIFETIME.as_secs(),
        "interval": DeviceCode::INTERVAL.as_secs(),
    })))
}

#[get("/device")]
pub(super) fn ask(state: &Managed<SharedState>, query: Query<'_>) -> Page {
    let Ok(params) = query.params() else {
        return unknown();
    };
    let Some(code) = params.get("user_code") else {
        return Page::user_code();
    };
    let code = normal_user_code(code);
    let device_code = state.user_codes.with(&code, |code| code.clone());
    let client = device_code.and_then(|device_code| {
        state
            .device_codes
            .with(&device_code, |device| device.client.clone())
    });
    let Some(client) = client else {
        return unknown();
    };
    let intro = format!(
        "Connect a device to <b>{}</b>, if it shows the code <b>{}</b>.",
        escaped(&client),
        escaped(&code)
    );
    let fields = [("user_code", code.as_str())];
    Page::login("/device", &intro, fields.into_iter(), &state.users, None)
}

#[post("/device", data = "<params>")]
pub(super) fn log_in(
    state: &Managed<SharedState>,
    params: Result<Params, OAuthError>,
) -> Result<Page, OAuthError> {
    let params = params?;
    let code = normal_user_code(params.require("user_code")?);
    let user = params.get("user").and_then(|user| state.user(user));
    let Some(device_code) = state.user_codes.with(&code, |code| code.clone()) else {
        return Ok(unknown());
    };
    let decided = state.device_codes.with(&device_code, |device| {
        if !matches!(device.decision, DeviceDecision::Pending) {
            return Ok::<_, OAuthError>(false);
        }
        device.decision = match user {
            None => DeviceDecision::Denied,
            Some(user) => DeviceDecision::Allowed(login_now(
                &device.client,
                user.subject(),
                device.scope.clone(),
                device.audience.clone(),
                None,
            )?),
        };
        Ok(true)
    });
    Ok(match decided.transpose()? {
        Some(true) if user.is_some() => Page::message(
            Status::Ok,
            "The device is connected",
            "You can close this page.",
        ),
        Some(true) => Page::message(
            Status::Ok,
            "The device is not connected",
            "You can close this page.",
        ),
        Some(false) | None => unknown(),
    })
}

fn unknown() -> Page {
    Page::message(
        Status::NotFound,
        "Unknown code",
        "No device waits with this code, or it has waited for too long.",
    )
}
