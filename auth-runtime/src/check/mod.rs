//! Reports on a set-up ([`Auth::check`]). The report asks the same code that serves requests, and decides
//! nothing itself.

mod access;
mod claims;
mod configuration;
mod expected;
mod issuers;
mod provider;
mod report;
mod routes;
mod step;
mod token;

use rocket::{Phase, Rocket};

pub use self::provider::ScopeFormat;
pub use self::report::CheckReport;
use self::report::{Finding, Section};
use crate::auth::Auth;
use crate::config::Listing;
use crate::routes::Policies;

impl Auth {
    /// Looks for what is wrong with a set-up, and with a token, if there is one.
    ///
    /// The report has the configuration with the source of each value, the issuers' metadata and keys,
    /// which are fetched now, the clock compared with theirs, the policies of the routes, and for a token
    /// every check in its order. It shows neither secrets nor the token. A token for introspection is
    /// really asked about.
    ///
    /// The Rocket has ignited, so that [`Auth::fairing`] has run, and need not be launched:
    ///
    /// ```
    /// use auth_runtime::Auth;
    /// use rocket::{Build, Rocket};
    ///
    /// /// A command that shows the report, for people and for CI.
    /// async fn check(rocket: Rocket<Build>, token: Option<&str>) -> Result<(), rocket::Error> {
    ///     let rocket = rocket.ignite().await?;
    ///     let report = Auth::check(&rocket, token).await;
    ///     println!("{report}");
    ///     # let _ = report.exit_code();
    ///     Ok(())
    /// }
    /// # let _ = check(rocket::build(), None);
    /// ```
    pub async fn check<P: Phase>(rocket: &Rocket<P>, token: Option<&str>) -> CheckReport {
        let policies = Policies::of(rocket);
        let Some(auth) = rocket.state::<Self>() else {
            let missing = Finding::problem("Auth::fairing()", "it is not attached, or has not run")
                .fix("write `.attach(Auth::fairing())`, and check the Rocket after `ignite()`");
            return CheckReport::new(vec![Section::new("Set-up", vec![missing])], None);
        };
        let mut sections = Vec::new();
        if let Some(listing) = rocket.state::<Listing>() {
            sections.push(configuration::section(listing));
        }
        sections.extend(issuers::sections(auth).await);
        sections.push(routes::section(auth, &policies));
        sections.push(routes::scopes(&policies));
        let Some(token) = token else {
            return CheckReport::new(sections, None);
        };
        let (token, verdict) = token::sections(auth, &policies, token).await;
        sections.extend(token);
        CheckReport::new(sections, Some(verdict))
    }
}
