//! Serves the issuer with a separate Rocket, on a loopback port.

use std::io;
use std::sync::Arc;

use rocket::config::LogLevel;
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::shield::{Frame, Shield};
use rocket::{Build, Config, Rocket, Shutdown};
use tokio::sync::oneshot;

use super::{StartError, State, cors, query, routes};

/// How the issuer's Rocket writes to the log: like the application's.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogStyle {
    pub(super) level: LogLevel,
    pub(super) colors: bool,
}

impl LogStyle {
    /// Returns the style of the logger that is in use.
    pub(super) fn current() -> Self {
        let level = match log::max_level() {
            log::LevelFilter::Off => LogLevel::Off,
            log::LevelFilter::Error | log::LevelFilter::Warn => LogLevel::Critical,
            log::LevelFilter::Info => LogLevel::Normal,
            log::LevelFilter::Debug | log::LevelFilter::Trace => LogLevel::Debug,
        };
        Self {
            level,
            colors: true,
        }
    }

    /// Returns the style of an application with this configuration.
    pub(super) fn from_figment(figment: &Figment) -> Self {
        let current = Self::current();
        Self {
            level: figment
                .extract_inner(Config::LOG_LEVEL)
                .unwrap_or(current.level),
            colors: figment
                .extract_inner(Config::CLI_COLORS)
                .unwrap_or(current.colors),
        }
    }
}

/// Launches the server on this port, or on a free one if it is taken, and tells the state its address.
///
/// # Errors
/// Fails if the server cannot listen.
pub(super) async fn start(
    state: &Arc<State>,
    port: u16,
    style: LogStyle,
) -> Result<Shutdown, StartError> {
    match launch(state, port, style).await {
        Err(StartError::Listen(error)) if error.kind() == io::ErrorKind::AddrInUse && port != 0 => {
            launch(state, 0, style).await
        }
        result => result,
    }
}

async fn launch(state: &Arc<State>, port: u16, style: LogStyle) -> Result<Shutdown, StartError> {
    let (sender, receiver) = oneshot::channel();
    let url = Arc::clone(state);
    let listening = AdHoc::on_liftoff("Local issuer", move |rocket| {
        Box::pin(async move {
            let address = format!("http://127.0.0.1:{}/", rocket.config().port);
            // Rocket writes its own line next, at the same levels.
            log::warn!(target: "rocket::launch", "The local issuer is at {address}");
            // The server launches once.
            let _ = url.url.set(address);
            let _ = sender.send(());
        })
    });
    let rocket = rocket(Arc::clone(state), port, style).attach(listening);
    let rocket = rocket.ignite().await.map_err(|error| not_started(&error))?;
    let shutdown = rocket.shutdown();
    let mut server = tokio::spawn(rocket.launch());
    tokio::select! {
        Ok(()) = receiver => Ok(shutdown),
        ended = &mut server => Err(match ended {
            Ok(Err(error)) => not_started(&error),
            Ok(Ok(_)) => StartError::Listen(io::Error::other("the server stopped")),
            Err(error) => StartError::Listen(io::Error::other(error)),
        }),
    }
}

fn rocket(state: Arc<State>, port: u16, style: LogStyle) -> Rocket<Build> {
    // Whatever else the application configures, such as TLS or an address, is not for the issuer.
    let figment = Figment::from(Config::debug_default())
        .merge((Config::ADDRESS, "127.0.0.1"))
        .merge((Config::PORT, port))
        .merge((Config::LOG_LEVEL, style.level))
        .merge((Config::CLI_COLORS, style.colors))
        // The application handles signals, and stops the issuer.
        .merge(("shutdown.ctrlc", false))
        .merge(("shutdown.signals", Vec::<String>::new()))
        .merge(("shutdown.force", false))
        .merge(("shutdown.grace", 0))
        .merge(("shutdown.mercy", 0));
    rocket::custom(figment)
        .manage(state)
        // No other page may show the login page in a frame.
        .attach(Shield::default().enable(Frame::Deny))
        .attach(query::fairing())
        .attach(cors::fairing())
        .mount("/", routes::all())
        .register("/", routes::catchers())
}

/// Converts an error of Rocket. Reading its kind also marks it as handled; otherwise Rocket panics.
fn not_started(error: &rocket::Error) -> StartError {
    StartError::Listen(match error.kind() {
        ErrorKind::Bind(error) | ErrorKind::Io(error) => {
            io::Error::new(error.kind(), error.to_string())
        }
        other => io::Error::other(other.to_string()),
    })
}
