//! The console (feature `console`): a page for developers that shows who may call what, takes tokens
//! apart, and calls the routes. It only reads the policies of the application and asks the verifier, so
//! that no other module depends on it.

mod answer;
mod assets;
mod body;
mod callers;
mod gate;
mod judge;
mod overview;
mod replies;
mod routes;
#[cfg(feature = "issuer")]
mod tokens;

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::{Build, Config, Rocket};

use self::replies::ConsoleReplies;
use crate::auth::Auth;

/// Where the page and its files are.
const BASE: &str = "/_auth";

impl Auth {
    /// Returns a fairing that serves the console: a page that shows who may call what, takes tokens
    /// apart, and calls the routes of the application.
    ///
    /// The page is at `/_auth`. It exists only in builds with debug assertions and in Rocket's profile
    /// `debug`, and only for this machine: a request whose connection does not come from a loopback
    /// address, whose `Host` is not a loopback name, that has a header of a proxy, or that another site
    /// sends, is answered as if the console were not attached.
    ///
    /// [The console](crate::guide::console#who-can-see-it) describes it, and what it cannot recognize.
    ///
    /// ```
    /// use auth_runtime::Auth;
    ///
    /// # fn main() {
    /// let rocket = rocket::build()
    ///     .attach(Auth::fairing())
    ///     .attach(Auth::console());
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "console")))]
    pub fn console() -> Console {
        Console {
            also_at: Vec::new(),
        }
    }
}

/// The fairing that [`Auth::console`] returns.
///
/// [The console](crate::guide::console) describes the page.
#[derive(Clone, Debug)]
#[must_use = "a fairing does nothing until it is attached"]
#[cfg_attr(docsrs, doc(cfg(feature = "console")))]
pub struct Console {
    also_at: Vec<String>,
}

impl Console {
    /// Serves the page at this path as well, such as at `/`. Its files stay below `/_auth`.
    ///
    /// ```
    /// use auth_runtime::Auth;
    ///
    /// # fn main() {
    /// let rocket = rocket::build()
    ///     .attach(Auth::fairing())
    ///     .attach(Auth::console().also_at("/"));
    /// # }
    /// ```
    pub fn also_at(mut self, path: impl Into<String>) -> Self {
        self.also_at.push(path.into());
        self
    }
}

#[rocket::async_trait]
impl Fairing for Console {
    fn info(&self) -> Info {
        Info {
            name: "Console of access tokens",
            kind: Kind::Ignite | Kind::Singleton,
        }
    }

    async fn on_ignite(&self, mut rocket: Rocket<Build>) -> fairing::Result {
        let is_debug_profile = *rocket.figment().profile() == Config::DEBUG_PROFILE;
        if !is_served(cfg!(debug_assertions), is_debug_profile) {
            return Ok(rocket);
        }
        log::info!("Console: {BASE}, for this machine only");
        rocket = rocket.mount(BASE, routes::all());
        for path in &self.also_at {
            rocket = rocket.mount(path.as_str(), routes::page());
        }
        // Attached during ignition, it follows the fairings that the application has attached, so that
        // it has the last word on the headers of a reply.
        Ok(rocket.attach(ConsoleReplies))
    }
}

/// Returns whether this build of the application has a console in this profile.
const fn is_served(has_debug_assertions: bool, is_debug_profile: bool) -> bool {
    has_debug_assertions && is_debug_profile
}

#[cfg(test)]
mod tests {
    use super::is_served;

    #[test]
    fn only_a_build_with_debug_assertions_in_the_profile_debug_has_a_console() {
        assert!(is_served(true, true));
        assert!(!is_served(false, true));
        assert!(!is_served(true, false));
        assert!(!is_served(false, false));
    }
}
