//! The readiness endpoint: reports whether tokens can be verified.

use auth_runtime::{Auth, IssuerStatus, public};
use rocket::http::Status;
use rocket::serde::{Serialize, json::Json};
use rocket::{State, get};

#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
pub(crate) struct Health {
    ready: bool,
    issuers: Vec<IssuerHealth>,
}

/// The state of one issuer. Anyone may read it, so it does not say why keys cannot be fetched. The log
/// does.
#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
struct IssuerHealth {
    issuer: Vec<String>,
    keys: usize,
    /// `null` if no keys have been fetched.
    age_seconds: Option<u64>,
    failing: bool,
}

#[public]
#[get("/health")]
pub(crate) fn health(auth: &State<Auth>) -> (Status, Json<Health>) {
    let issuers = auth.status();
    let knows_revocations = auth
        .revocations()
        .is_none_or(|revocations| revocations.are_current());
    let ready = knows_revocations && issuers.iter().all(IssuerStatus::is_ready);
    let status = if ready {
        Status::Ok
    } else {
        Status::ServiceUnavailable
    };
    let issuers = issuers.iter().map(IssuerHealth::new).collect();
    (status, Json(Health { ready, issuers }))
}

impl IssuerHealth {
    fn new(status: &IssuerStatus) -> Self {
        Self {
            issuer: status.names().to_vec(),
            keys: status.key_ids().count(),
            age_seconds: status.age().map(|age| age.as_secs()),
            failing: status.last_error().is_some(),
        }
    }
}
