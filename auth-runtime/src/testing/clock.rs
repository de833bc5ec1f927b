//! Provides a clock that tests can move.

use std::time::Duration;

use rocket::{Phase, Rocket};

use crate::auth::Auth;

/// The clock by which a Rocket judges `exp`, `nbf` and `auth_time`, for tests of what happens when
/// time passes.
///
/// It is also the clock for the age of `DPoP` proofs and nonces, for the time up to which a call to
/// [`Revocations`](crate::Revocations) revokes tokens, and for the times of logout tokens and security
/// events. [`DpopExt`](super::DpopExt) makes its proofs by this clock.
///
/// Each Rocket has its own clock, so that tests can run in parallel. Everything else uses the
/// system's time: the claims of new tokens, the times at which keys are fetched, and how long the
/// answers of an introspection endpoint are remembered.
///
/// ```
/// # use auth_runtime::issuer::LocalIssuer;
/// # use auth_runtime::{Auth, requires_auth, routes};
/// # use rocket::{get, http::Status, local::asynchronous::Client};
/// use std::time::Duration;
///
/// use auth_runtime::testing::{BearerExt, Clock};
///
/// # #[requires_auth]
/// # #[get("/me")]
/// # fn me() {}
/// # #[rocket::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let issuer = LocalIssuer::start("https://api.example.com").await?;
/// # let auth = Auth::builder().issuer(issuer.url()).audience(issuer.audience());
/// # let rocket = rocket::build().attach(auth.fairing()).mount("/", routes![me]);
/// # let client = Client::untracked(rocket).await?;
/// let token = issuer.token().mint();
/// let status = async || client.get("/me").bearer(&token).dispatch().await.status();
/// assert_eq!(status().await, Status::Ok);
///
/// Clock::of(client.rocket()).advance(Duration::from_secs(24 * 60 * 60));
/// assert_eq!(status().await, Status::Unauthorized);
/// # Ok(())
/// # }
/// ```
///
/// [Testing](crate::guide::testing#the-clock) shows another example.
#[derive(Clone, Debug)]
pub struct Clock(Auth);

impl Clock {
    /// Returns the clock of this Rocket.
    ///
    /// # Panics
    /// Panics if [`Auth::fairing`] is not attached to this Rocket.
    #[expect(clippy::panic, reason = "a mistake of a test")]
    pub fn of<P: Phase>(rocket: &Rocket<P>) -> Self {
        match rocket.state::<Auth>() {
            Some(auth) => Self(auth.clone()),
            None => {
                panic!("`Auth::fairing()` is not attached to this Rocket, or it is not ignited")
            }
        }
    }

    /// Moves the clock forwards.
    pub fn advance(&self, by: Duration) {
        self.0.clock().advance(milliseconds(by));
    }

    /// Moves the clock backwards.
    pub fn rewind(&self, by: Duration) {
        self.0.clock().advance(-milliseconds(by));
    }
}

/// Converts a duration to milliseconds. It saturates at 292 million years.
fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
