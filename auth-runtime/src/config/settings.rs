//! The checked configuration: what cannot work has no value here.

use std::time::Duration;

use rocket::figment::Figment;

use super::issuers::{self, IssuerSettings};
use super::reader::{Problem, Reader};
use super::secrets;
use crate::jwks::Times;
use crate::token::ClaimNames;

/// The keys that stand beside those of an issuer.
pub(super) const KEYS: &[&str] = &[
    "allow_weak_secret",
    "issuers",
    "jwks_cache_ttl",
    "jwks_cooldown",
    "jwks_max_stale",
    "jwks_timeout",
    "leeway",
    "malformed_token_status",
    "permissions_claim",
    "report_only",
    "roles_claim",
    "scope_claims",
    "secret",
    "secret_base64",
    "token_type",
    "undeclared_routes",
];

/// A configuration that can work.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is a key of the configuration.
pub(crate) struct Settings {
    pub(crate) issuers: Vec<IssuerSettings>,
    /// Whether tokens are signed with a shared secret, and the replies those of that mode.
    pub(crate) shared_secret: bool,
    pub(crate) leeway: Duration,
    pub(crate) times: Times,
    pub(crate) claim_names: ClaimNames,
    /// Whether tokens must follow RFC 9068.
    pub(crate) at_jwt: bool,
    /// Whether requirements are logged and counted where they are not met, and the request passes.
    pub(crate) report_only: bool,
    pub(crate) undeclared_routes: UndeclaredRoutes,
    /// Whether a malformed token is answered with 400 rather than 401.
    pub(crate) malformed_is_bad_request: bool,
}

/// What happens to routes that were not mounted by our `routes!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UndeclaredRoutes {
    Allow,
    Warn,
    Deny,
}

impl Settings {
    /// # Errors
    /// Everything that is wrong, each problem naming its key and the fix.
    pub(crate) fn read(figment: &Figment) -> Result<Self, Vec<Problem>> {
        let known = [issuers::KEYS, KEYS].concat();
        let mut reader = Reader::new(figment, &known);
        let shared_secret = secrets::is_wanted(&reader);
        let allow_weak_secret = reader.flag("allow_weak_secret");
        if allow_weak_secret && !shared_secret {
            reader.problem(
                "allow_weak_secret",
                "there is no secret that it could allow: remove it",
            );
        }
        let settings = Self {
            issuers: if shared_secret {
                secrets::read(&mut reader, allow_weak_secret)
                    .into_iter()
                    .collect()
            } else {
                issuers::read(&mut reader)
            },
            shared_secret,
            leeway: reader.seconds("leeway", 0),
            times: times(&mut reader),
            claim_names: claim_names(&mut reader),
            at_jwt: at_jwt(&mut reader),
            report_only: reader.flag("report_only"),
            undeclared_routes: undeclared_routes(&mut reader),
            malformed_is_bad_request: reader.choice("malformed_token_status", &[400, 401], 401)
                == 400,
        };
        let problems = reader.into_problems();
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(problems)
        }
    }
}

fn times(reader: &mut Reader<'_>) -> Times {
    let times = Times {
        ttl: reader.seconds("jwks_cache_ttl", 600),
        cooldown: reader.seconds("jwks_cooldown", 30),
        timeout: reader.seconds("jwks_timeout", 5),
        max_stale: reader.seconds("jwks_max_stale", 86400),
    };
    for (key, time) in [
        ("jwks_cache_ttl", times.ttl),
        ("jwks_timeout", times.timeout),
    ] {
        if time.is_zero() {
            reader.problem(key, "it must be more than 0 seconds");
        }
    }
    times
}

fn claim_names(reader: &mut Reader<'_>) -> ClaimNames {
    let default = ClaimNames::default();
    ClaimNames {
        scopes: reader.strings("scope_claims").unwrap_or(default.scopes),
        permissions: reader
            .string("permissions_claim")
            .unwrap_or(default.permissions),
        roles: reader.string("roles_claim").unwrap_or(default.roles),
    }
}

fn undeclared_routes(reader: &mut Reader<'_>) -> UndeclaredRoutes {
    match reader.string("undeclared_routes").as_deref() {
        None | Some("warn") => UndeclaredRoutes::Warn,
        Some("allow") => UndeclaredRoutes::Allow,
        Some("deny") => UndeclaredRoutes::Deny,
        Some(_) => {
            reader.problem(
                "undeclared_routes",
                "it must be \"allow\", \"warn\" or \"deny\"",
            );
            UndeclaredRoutes::Deny
        }
    }
}

/// RFC 9068 §4: a resource server that wants such tokens alone rejects every other `typ`.
fn at_jwt(reader: &mut Reader<'_>) -> bool {
    match reader.string("token_type") {
        None => false,
        Some(name) if name == "at+jwt" => true,
        Some(_) => {
            reader.problem(
                "token_type",
                "`at+jwt` is the only type that can be required (RFC 9068): write it, or leave \
                 the key out to accept `JWT`, `at+jwt` and tokens without a type",
            );
            false
        }
    }
}
