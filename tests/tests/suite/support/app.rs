//! Launches applications on free loopback ports.

use auth_runtime::issuer::{LocalIssuer, TokenBuilder};
use auth_runtime::{Auth, AuthBuilder};
use reqwest::{Client, Method, RequestBuilder};
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::figment::value::Value;
use rocket::{Build, Rocket, Route, Shutdown};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::http::http_client;
use super::reply::Reply;
use super::wait::eventually;

/// The protected routes of the seed app, each with the scope that it requires.
pub(crate) const PROTECTED: [(&str, Option<&str>); 5] = [
    ("/secured/ping", None),
    ("/secured/private/ping", Some("example:scope")),
    ("/api/private", None),
    ("/api/private-scoped", Some("read:messages")),
    ("/api/me", None),
];

/// The public routes of the seed app.
pub(crate) const PUBLIC: [&str; 2] = ["/ping", "/api/public"];

/// A Rocket that answers on its own port until it is dropped.
pub(crate) struct App {
    port: u16,
    client: Client,
    auth: Option<Auth>,
    shutdown: Shutdown,
    server: JoinHandle<()>,
}

impl App {
    pub(crate) async fn launch(rocket: Rocket<Build>) -> Self {
        let (sender, launched) = oneshot::channel();
        let sender = std::sync::Mutex::new(Some(sender));
        let rocket = rocket.attach(AdHoc::on_liftoff("Launched", move |rocket| {
            Box::pin(async move {
                let sender = sender.lock().expect("the lock is not poisoned").take();
                let auth = rocket.state::<Auth>().cloned();
                let launched = (rocket.config().port, auth, rocket.shutdown());
                let _ = sender.map(|sender| sender.send(launched));
            })
        }));
        let server = tokio::spawn(async {
            rocket.launch().await.expect("the application launches");
        });
        let launched = launched.await;
        let (port, auth, shutdown) = launched.expect("the application takes off");
        let client = http_client();
        Self {
            port,
            client,
            auth,
            shutdown,
            server,
        }
    }

    /// The handle that the fairing has put into the application.
    pub(crate) fn auth(&self) -> &Auth {
        self.auth.as_ref().expect("the fairing is attached")
    }

    /// Asks the application to end, and waits until its launch has returned.
    pub(crate) async fn shut_down(&self) {
        self.shutdown.clone().notify();
        eventually("the launch returns", async || self.server.is_finished()).await;
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> Call {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        Call(self.client.request(method, url))
    }

    pub(crate) fn get(&self, path: &str) -> Call {
        self.request(Method::GET, path)
    }

    /// Sends `GET` with this token.
    pub(crate) async fn get_with(&self, path: &str, token: &str) -> Reply {
        self.get(path).bearer(token).send().await
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A request that has not been sent yet.
#[must_use]
pub(crate) struct Call(RequestBuilder);

impl Call {
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    pub(crate) fn body(self, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.body(body))
    }

    pub(crate) async fn send(self) -> Reply {
        Reply::read(self.0.send().await.expect("the application answers")).await
    }
}

/// An application, usually the seed app, and the issuer that it trusts.
pub(crate) struct Seed {
    pub(crate) app: App,
    pub(crate) issuer: LocalIssuer,
}

impl Seed {
    pub(crate) fn token(&self) -> TokenBuilder<'_> {
        self.issuer.token()
    }

    /// Sends `GET` with this token and returns the status.
    pub(crate) async fn status(&self, path: &str, token: &str) -> u16 {
        self.app.get_with(path, token).await.status
    }

    /// Sends `GET /api/private` with this token.
    pub(crate) async fn answer(&self, token: &str) -> Reply {
        self.app.get_with("/api/private", token).await
    }
}

pub(crate) async fn seed() -> Seed {
    seed_with([]).await
}

/// Launches the seed app with these keys of the table `auth`, in addition to issuer and audience.
pub(crate) async fn seed_with<const N: usize>(keys: [(&str, Value); N]) -> Seed {
    seed_with_keys(keys).await
}

/// Launches the seed app with any number of keys.
pub(crate) async fn seed_with_keys(keys: impl IntoIterator<Item = (&str, Value)>) -> Seed {
    let issuer = LocalIssuer::start("https://api.test").await;
    let issuer = issuer.expect("the local issuer starts");
    let mut figment = quiet()
        .merge(("auth.issuer", issuer.url()))
        .merge(("auth.audience", issuer.audience()))
        // Each unknown key causes an immediate fetch.
        .merge(("auth.jwks_cooldown", 0));
    for (key, value) in keys {
        figment = figment.merge((format!("auth.{key}"), value));
    }
    let app = App::launch(seed_app::rocket().configure(figment)).await;
    Seed { app, issuer }
}

/// Launches an application with these routes.
pub(crate) async fn api(routes: Vec<Route>) -> Seed {
    api_with(|auth| auth, |rocket| rocket.mount("/", routes)).await
}

/// Launches an application whose fairing is configured in code.
pub(crate) async fn api_with(
    configure: impl FnOnce(AuthBuilder) -> AuthBuilder,
    build: impl FnOnce(Rocket<Build>) -> Rocket<Build>,
) -> Seed {
    let issuer = LocalIssuer::start("https://api.test").await;
    let issuer = issuer.expect("the local issuer starts");
    let auth = Auth::builder()
        .issuer(issuer.url())
        .audience(issuer.audience());
    let figment = quiet().merge(("auth.jwks_cooldown", 0));
    let rocket = rocket::custom(figment).attach(configure(auth).fairing());
    let app = App::launch(build(rocket)).await;
    Seed { app, issuer }
}

/// Returns a configuration that does not depend on the environment: a free port, no log, no signals.
pub(crate) fn quiet() -> Figment {
    Figment::from(rocket::Config::debug_default())
        .merge(("port", 0))
        .merge(("log_level", "off"))
        .merge(("shutdown.ctrlc", false))
        // Dropping the table of a larger memory takes longer than most tests.
        .merge(("auth.token_cache", 1 << 20))
}

/// Returns why this application does not launch, or `None` if it does.
pub(crate) async fn launch_error(rocket: Rocket<Build>) -> Option<Refused> {
    let error = rocket.ignite().await.err()?;
    Some(match error.kind() {
        ErrorKind::FailedFairings(_) => Refused::ByFairing,
        ErrorKind::SentinelAborts(_) => Refused::BySentinel,
        _ => Refused::Otherwise,
    })
}

/// The reason why a launch was aborted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    ByFairing,
    BySentinel,
    Otherwise,
}
