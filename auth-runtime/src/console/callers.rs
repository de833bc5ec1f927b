//! Finds the callers that the console can speak for: nobody, whoever has a given token, and the users
//! of the local issuer.

use rocket::{Orbit, Rocket};
use serde::{Deserialize, Serialize};

#[cfg(feature = "issuer")]
use crate::issuer::{LocalIssuer, LocalUser};

/// Who calls.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Caller {
    Anonymous,
    /// The user of the local issuer with this `sub`.
    User(String),
    Token(String),
}

/// A user of the local issuer.
#[derive(Debug, Serialize)]
pub(super) struct User {
    subject: String,
    name: Option<String>,
}

impl Caller {
    /// Returns the caller's token, or `None` for nobody.
    ///
    /// # Errors
    /// Fails if there is no such user.
    pub(super) fn token(self, rocket: &Rocket<Orbit>) -> Result<Option<String>, NoSuchUser> {
        match self {
            Self::Anonymous => Ok(None),
            Self::Token(token) => Ok(Some(token)),
            Self::User(subject) => user_token(rocket, &subject).map(Some).ok_or(NoSuchUser),
        }
    }
}

/// The local issuer has no such user, or there is no local issuer.
#[derive(Debug)]
pub(super) struct NoSuchUser;

#[cfg(feature = "issuer")]
pub(super) fn has_local_issuer(rocket: &Rocket<Orbit>) -> bool {
    rocket.state::<LocalIssuer>().is_some()
}

#[cfg(not(feature = "issuer"))]
pub(super) fn has_local_issuer(_: &Rocket<Orbit>) -> bool {
    false
}

#[cfg(feature = "issuer")]
pub(super) fn users(rocket: &Rocket<Orbit>) -> Vec<User> {
    let issuer = rocket.state::<LocalIssuer>();
    let users = issuer.map(LocalIssuer::users).unwrap_or_default();
    let user = |user: &LocalUser| User {
        subject: user.subject().to_owned(),
        name: user.name().map(str::to_owned),
    };
    users.iter().map(user).collect()
}

#[cfg(not(feature = "issuer"))]
pub(super) fn users(_: &Rocket<Orbit>) -> Vec<User> {
    Vec::new()
}

#[cfg(feature = "issuer")]
fn user_token(rocket: &Rocket<Orbit>, subject: &str) -> Option<String> {
    let issuer = rocket.state::<LocalIssuer>()?;
    Some(issuer.token_for(subject)?.mint())
}

#[cfg(not(feature = "issuer"))]
fn user_token(_: &Rocket<Orbit>, _: &str) -> Option<String> {
    None
}
