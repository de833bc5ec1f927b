//! An application under test, and callers who are logged in.

mod configuration;
mod request;

use std::sync::Arc;

use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket};

pub use self::request::{TestCaller, TestReply, TestRequest};
use super::DpopKey;
use super::refusals::check_certificates;
use crate::auth::Auth;
use crate::fairing;
use crate::issuer::{LocalIssuer, LocalIssuerBuilder, TokenBuilder};

/// An application that is launched for a test, and trusts issuers that exist only in the test.
///
/// Their users are those of `auth.local.users`, or else `ann`, who may do everything, `ben`, who may
/// only read, and `cleo`, who may do nothing.
///
/// Everything else is as the application configures it. The issuers of the test replace an issuer, keys
/// or a secret in its configuration, but not those that [`Auth::builder`](crate::Auth::builder) sets in
/// code.
///
/// With `dpop = "require"`, the tokens of all callers are bound to a key of the test, and each request
/// has a proof. With `"allow"`, [`TestCaller::bound`] does that for one caller. With `mtls = "require"`
/// the test does not start, because its requests have no client certificate.
///
/// ```
/// use auth_runtime::testing::TestApi;
/// use auth_runtime::{Auth, requires_scope, routes};
/// use rocket::{Build, Rocket, get};
///
/// #[requires_scope("read:orders")]
/// #[get("/orders")]
/// fn orders() {}
///
/// fn rocket() -> Rocket<Build> {
///     rocket::build().attach(Auth::fairing()).mount("/", routes![orders])
/// }
///
/// # #[rocket::main]
/// # async fn main() {
/// let api = TestApi::start(rocket()).await;
/// api.as_user("ann").get("/orders").expect(200).await;
/// api.as_user("cleo").get("/orders").expect(403).await;
/// api.anonymous().get("/orders").expect(401).await;
/// # }
/// ```
///
/// [`blocking::TestApi`](super::blocking::TestApi) is the same without `await`.
///
/// [Testing](crate::guide::testing#as-a-user) shows how to call an API as a user.
#[derive(Debug)]
pub struct TestApi {
    client: Client,
    issuers: Vec<LocalIssuer>,
    /// The key of every caller, if the application accepts bound tokens only.
    key: Option<Arc<DpopKey>>,
}

/// Configures the issuers of a [`TestApi`].
///
/// [Testing](crate::guide::testing#as-a-user) shows how to call an API as a user.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct TestApiBuilder {
    rocket: Rocket<Build>,
    issuers: Vec<LocalIssuerBuilder>,
}

impl TestApi {
    /// Launches an application that trusts one issuer.
    ///
    /// # Panics
    /// Panics if the application or the issuer does not start.
    pub async fn start(rocket: Rocket<Build>) -> Self {
        Self::builder(rocket).start().await
    }

    /// Returns a builder, for users in code and for several issuers.
    pub fn builder(rocket: Rocket<Build>) -> TestApiBuilder {
        TestApiBuilder {
            rocket,
            issuers: Vec::new(),
        }
    }

    /// Returns a caller with a token of this user. If several issuers have such a user, the first one
    /// issues the token.
    ///
    /// # Panics
    /// Panics if no issuer has such a user.
    #[track_caller]
    #[expect(clippy::panic, reason = "a mistake of a test")]
    pub fn as_user(&self, subject: &str) -> TestCaller<'_> {
        let issuer = self
            .issuers
            .iter()
            .find(|issuer| issuer.users().iter().any(|user| user.subject() == subject));
        match issuer {
            Some(issuer) => self.caller(issuer, subject),
            None => panic!("no issuer has a user `{subject}`"),
        }
    }

    /// Returns a caller with a token that the issuer of this number, counted from 0, issues for one of
    /// its users.
    ///
    /// # Panics
    /// Panics if the issuer does not exist, or does not have this user.
    #[track_caller]
    pub fn as_user_of(&self, issuer: usize, subject: &str) -> TestCaller<'_> {
        self.caller(self.issuer(issuer), subject)
    }

    /// Returns a caller with this token, such as a wrong one of [`issuer`](Self::issuer).
    pub fn with_token<'a>(&'a self, token: TokenBuilder<'a>) -> TestCaller<'a> {
        self.with_credentials(Some(token), "this token")
    }

    /// Returns a caller without a token.
    pub fn anonymous(&self) -> TestCaller<'_> {
        self.with_credentials(None, "anonymous")
    }

    /// Returns the issuer of this number, counted from 0.
    ///
    /// # Panics
    /// Panics if the issuer does not exist.
    #[track_caller]
    pub fn issuer(&self, number: usize) -> &LocalIssuer {
        self.issuers.get(number).expect("the test has this issuer")
    }

    #[track_caller]
    #[expect(clippy::panic, reason = "a mistake of a test")]
    fn caller<'a>(&'a self, issuer: &'a LocalIssuer, subject: &str) -> TestCaller<'a> {
        match issuer.token_for(subject) {
            Some(token) => self.with_credentials(Some(token), subject),
            None => panic!("the issuer has no user `{subject}`"),
        }
    }

    fn with_credentials<'a>(
        &'a self,
        token: Option<TokenBuilder<'a>>,
        name: &str,
    ) -> TestCaller<'a> {
        TestCaller {
            client: &self.client,
            token,
            key: self.key.clone(),
            name: name.to_owned(),
        }
    }

    /// Returns Rocket's local client, for everything else.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl TestApiBuilder {
    /// Adds an issuer, in place of the one that the application would trust otherwise. Its tokens have
    /// the audience that it was made with.
    pub fn issuer(mut self, issuer: LocalIssuerBuilder) -> Self {
        self.issuers.push(issuer);
        self
    }

    /// Launches the application.
    ///
    /// # Panics
    /// Panics if the application or an issuer does not start, or if `mtls` is `"require"`.
    #[expect(clippy::panic, reason = "a mistake of a test")]
    pub async fn start(self) -> TestApi {
        let mut builders = self.issuers;
        if builders.is_empty() {
            builders.push(configuration::issuer(self.rocket.figment()));
        }
        let mut issuers = Vec::new();
        for builder in builders {
            match builder.start().await {
                Ok(issuer) => issuers.push(issuer),
                Err(error) => panic!("an issuer does not start: {error}"),
            }
        }
        let figment = configuration::trusting(self.rocket.figment(), &issuers);
        let client = match Client::untracked(self.rocket.configure(figment)).await {
            Ok(client) => client,
            Err(error) => panic!("the application does not launch: {error}"),
        };
        let grants = fairing::required_grants(client.rocket());
        for issuer in &issuers {
            issuer.set_api(grants.clone());
        }
        let auth = client.rocket().state::<Auth>();
        auth.into_iter().for_each(check_certificates);
        let requires_proof = auth.is_some_and(Auth::requires_proof);
        TestApi {
            client,
            issuers,
            key: requires_proof.then(|| Arc::new(DpopKey::generate())),
        }
    }
}
