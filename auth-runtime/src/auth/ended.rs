//! Waits until a token stops being valid, for connections that outlive the check of their request.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rocket::futures::future::{self, Either};
use rocket::futures::{Stream, StreamExt as _};
use tokio::sync::watch;

use super::Auth;
use crate::revocation::{Identifiers, Registry};
use crate::token::{AccessToken, Origin};

/// The longest time that one timer is set for. A token that is valid for longer is checked again.
const MAX_TIMER: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The reason why a token has stopped being valid: see [`AccessToken::ended`].
///
/// Its `Display` is a word for a last event: `expired`, `revoked` or `key_withdrawn`.
///
/// [Long connections](crate::guide::revocation#long-connections) shows how to use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// The time in `exp` has passed.
    Expired,
    /// The token was revoked.
    Revoked,
    /// The issuer has withdrawn the key that signed the token, its keys are too old to serve, or
    /// `secret_until` has passed.
    KeyWithdrawn,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::KeyWithdrawn => "key_withdrawn",
        })
    }
}

/// The properties of a token that decide when it ends, without its claims.
struct Watched {
    issuer: Box<str>,
    token_id: Option<Box<str>>,
    session_id: Option<Box<str>>,
    client_id: Option<Box<str>>,
    authorized_party: Option<Box<str>>,
    subject: Option<Box<str>>,
    issued: Option<f64>,
    expires: Option<f64>,
    /// When the secret that verified it stops serving, if it does.
    secret_until: Option<SystemTime>,
    origin: Origin,
}

impl AccessToken {
    /// Returns a future that resolves with the reason when the token stops being valid.
    ///
    /// It waits for a timer and for changes, and does not poll. The issuer is not asked again about an
    /// introspected token, which ends when it expires or is revoked here.
    ///
    /// ```
    /// use auth_runtime::{AccessToken, Auth, requires_auth};
    /// use rocket::State;
    /// use rocket::get;
    /// use rocket::response::stream::{Event, EventStream};
    /// use rocket::tokio::{select, time};
    ///
    /// #[requires_auth]
    /// #[get("/ticks")]
    /// fn ticks<'r>(token: &'r AccessToken, auth: &'r State<Auth>) -> EventStream![Event + 'r] {
    ///     EventStream! {
    ///         let mut ticks = time::interval(time::Duration::from_secs(1));
    ///         let ended = token.ended(auth);
    ///         rocket::tokio::pin!(ended);
    ///         loop {
    ///             select! {
    ///                 reason = &mut ended => {
    ///                     yield Event::data(reason.to_string()).event("end");
    ///                     break;
    ///                 }
    ///                 _ = ticks.tick() => yield Event::empty().event("tick"),
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    pub fn ended(&self, auth: &Auth) -> impl Future<Output = Ended> + Send + use<> {
        let (auth, watched) = (auth.clone(), Watched::new(auth, self));
        async move { watched.ended(&auth).await }
    }
}

impl Auth {
    /// Ends a stream when the token stops being valid, and when Rocket shuts down. Otherwise an idle
    /// stream would keep the shutdown waiting.
    ///
    /// ```
    /// use auth_runtime::{AccessToken, Auth, requires_auth};
    /// use rocket::futures::stream::{self, Stream};
    /// use rocket::response::stream::TextStream;
    /// use rocket::{State, get};
    ///
    /// #[requires_auth]
    /// #[get("/feed")]
    /// fn feed(token: &AccessToken, auth: &State<Auth>) -> TextStream<impl Stream<Item = String> + use<>> {
    ///     let endless = stream::repeat("news\n".to_owned());
    ///     TextStream(auth.until_ended(token, endless))
    /// }
    /// ```
    pub fn until_ended<S: Stream>(
        &self,
        token: &AccessToken,
        stream: S,
    ) -> impl Stream<Item = S::Item> + use<S> {
        let ended = token.ended(self);
        let shutdown = self.shutdown();
        stream.take_until(async move {
            let shutdown = match shutdown {
                Some(shutdown) => Either::Left(shutdown),
                None => Either::Right(future::pending()),
            };
            tokio::select! {
                _ = ended => {}
                () = shutdown => {}
            }
        })
    }
}

impl Watched {
    fn new(auth: &Auth, token: &AccessToken) -> Self {
        let identifiers = auth.identifiers(token);
        Self {
            issuer: identifiers.issuer.into(),
            token_id: identifiers.jti.map(Box::from),
            session_id: identifiers.sid.map(Box::from),
            client_id: identifiers.client_id.map(Box::from),
            authorized_party: identifiers.azp.map(Box::from),
            subject: identifiers.sub.map(Box::from),
            issued: identifiers.iat,
            expires: token.expires(),
            secret_until: auth.secret_until(&token.origin()),
            origin: token.origin(),
        }
    }

    fn identifiers(&self) -> Identifiers<'_> {
        Identifiers {
            issuer: &self.issuer,
            jti: self.token_id.as_deref(),
            sid: self.session_id.as_deref(),
            client_id: self.client_id.as_deref(),
            azp: self.authorized_party.as_deref(),
            sub: self.subject.as_deref(),
            iat: self.issued,
        }
    }

    async fn ended(&self, auth: &Auth) -> Ended {
        // Subscribing before the first check ensures that no change is missed.
        let mut revocations = auth.registry().map(Registry::subscribe);
        let mut keys = auth.key_changes(&self.origin);
        loop {
            if let Some(reason) = self.reason(auth) {
                return reason;
            }
            let ends = [self.time_left(auth), self.secret_time_left(auth)];
            let timer = ends.into_iter().flatten().min();
            let timer = timer.map(|left| left.min(MAX_TIMER));
            tokio::select! {
                () = changed(&mut revocations) => {}
                () = changed(&mut keys) => {}
                () = elapsed(timer) => {}
            }
        }
    }

    fn reason(&self, auth: &Auth) -> Option<Ended> {
        if self.time_left(auth) == Some(Duration::ZERO) {
            return Some(Ended::Expired);
        }
        let now = || auth.clock().now();
        let is_revoked = auth
            .registry()
            .is_some_and(|registry| registry.is_revoked(|| self.identifiers(), now));
        if is_revoked {
            return Some(Ended::Revoked);
        }
        let has_key =
            auth.still_has_key(&self.origin) && self.secret_time_left(auth) != Some(Duration::ZERO);
        (!has_key).then_some(Ended::KeyWithdrawn)
    }

    /// Returns the time until the token expires, or `None` if it never does.
    fn time_left(&self, auth: &Auth) -> Option<Duration> {
        let expires = self.expires? + auth.leeway();
        // If the clock is before 1970, every token counts as expired.
        let now = auth.clock().now().duration_since(UNIX_EPOCH);
        let now = now.map_or(f64::INFINITY, |now| now.as_secs_f64());
        let left = (expires - now).max(0.0);
        Some(Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX))
    }

    /// Returns the time until the secret that verified the token stops serving, or `None` if another
    /// key verified it.
    fn secret_time_left(&self, auth: &Auth) -> Option<Duration> {
        let left = self.secret_until?.duration_since(auth.clock().now());
        Some(left.unwrap_or(Duration::ZERO))
    }
}

async fn changed(changes: &mut Option<watch::Receiver<()>>) {
    if let Some(receiver) = changes
        && receiver.changed().await.is_ok()
    {
        return;
    }
    // Nothing changes any more.
    future::pending::<()>().await;
}

async fn elapsed(timer: Option<Duration>) {
    match timer {
        Some(duration) => tokio::time::sleep(duration).await,
        None => future::pending().await,
    }
}
