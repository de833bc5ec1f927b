//! The checked configuration: what cannot work has no value here.

use std::time::Duration;

use jsonwebtoken::Algorithm;
use rocket::figment::Figment;
use url::Url;

use super::reader::{Problem, Reader};
use crate::jwks::{self, Times};
use crate::token::ClaimNames;

const KEYS: &[&str] = &[
    "issuer",
    "audience",
    "jwks_uri",
    "algorithms",
    "leeway",
    "jwks_cache_ttl",
    "jwks_cooldown",
    "jwks_timeout",
    "jwks_max_stale",
    "malformed_token_status",
    "scope_claims",
];

/// A configuration that can work.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) issuers: Vec<IssuerSettings>,
    pub(crate) leeway: Duration,
    pub(crate) times: Times,
    pub(crate) claim_names: ClaimNames,
    /// Whether a malformed token is answered with 400 rather than 401.
    pub(crate) malformed_is_bad_request: bool,
}

/// One key source and the issuers that it serves.
#[derive(Debug)]
pub(crate) struct IssuerSettings {
    pub(crate) names: Vec<String>,
    pub(crate) audience: Vec<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) jwks_uri: Url,
}

impl Settings {
    /// # Errors
    /// Everything that is wrong, each problem naming its key and the fix.
    pub(crate) fn read(figment: &Figment) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(figment, KEYS);
        let settings = Self {
            issuers: issuers(&mut reader),
            leeway: reader.seconds("leeway", 0),
            times: times(&mut reader),
            claim_names: ClaimNames {
                scopes: reader
                    .strings("scope_claims")
                    .unwrap_or_else(|| vec!["scope".to_owned(), "scp".to_owned()]),
            },
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

fn issuers(reader: &mut Reader<'_>) -> Vec<IssuerSettings> {
    let names = required(
        reader,
        "issuer",
        "it is missing: set it to the `iss` of your provider's tokens, such as \
         `https://tenant.eu.auth0.com/`, or set AUTH0_DOMAIN",
    );
    let audience = required(
        reader,
        "audience",
        "it is missing: set it to the identifier of your API, which tokens carry as `aud`, or set \
         API_IDENTIFIER",
    );
    let algorithms = algorithms(reader);
    if reader.has("jwks_uri") {
        let Some(text) = reader.string("jwks_uri") else {
            return Vec::new();
        };
        let jwks_uri = endpoint(reader, "jwks_uri", &text);
        return jwks_uri
            .map(|jwks_uri| IssuerSettings {
                names,
                audience,
                algorithms,
                jwks_uri,
            })
            .into_iter()
            .collect();
    }
    let of_one = |name: String| {
        // RFC 8414 §2: an issuer has neither, and a path could not be joined to one that had.
        if name.contains(['?', '#']) {
            let message = format!("`{name}` has a query or a fragment: set `jwks_uri` as well");
            reader.problem("issuer", &message);
            return None;
        }
        // Joined by exactly one slash, whether the issuer ends with one or not.
        let uri = format!("{}/.well-known/jwks.json", name.trim_end_matches('/'));
        endpoint(reader, "issuer", &uri).map(|jwks_uri| IssuerSettings {
            names: vec![name],
            audience: audience.clone(),
            algorithms: algorithms.clone(),
            jwks_uri,
        })
    };
    names.into_iter().filter_map(of_one).collect()
}

fn required(reader: &mut Reader<'_>, key: &str, missing: &str) -> Vec<String> {
    if !reader.has(key) {
        reader.problem(key, missing);
    }
    reader.strings(key).unwrap_or_default()
}

fn algorithms(reader: &mut Reader<'_>) -> Vec<Algorithm> {
    let Some(names) = reader.strings("algorithms") else {
        return vec![Algorithm::RS256];
    };
    let mut algorithms = Vec::new();
    for name in names {
        match name.parse::<Algorithm>() {
            Ok(algorithm) if jwks::is_asymmetric(algorithm) => algorithms.push(algorithm),
            _ => reader.problem("algorithms", &no_algorithm(&name)),
        }
    }
    algorithms
}

fn no_algorithm(name: &str) -> String {
    let known = "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA";
    let why = if name.eq_ignore_ascii_case("none") {
        "would accept tokens without a signature"
    } else if name.starts_with("HS") {
        "is for shared secrets, which no key set can hold"
    } else {
        "is not known"
    };
    format!("`{name}` {why}: choose from {known}")
}

/// A URL that keys may be fetched from.
fn endpoint(reader: &mut Reader<'_>, key: &str, text: &str) -> Option<Url> {
    let problem = match Url::parse(text) {
        Err(error) => format!("`{text}` is not a URL ({error}): write it as `https://host/path`"),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            "a URL with a user or password is not supported: remove them".to_owned()
        }
        Ok(url) if url.fragment().is_some() => {
            format!("`{text}` has a fragment: remove what follows `#`")
        }
        Ok(url) if url.scheme() == "https" => return Some(url),
        Ok(url) if url.scheme() == "http" && jwks::is_loopback(&url) => return Some(url),
        Ok(url) if url.scheme() == "http" => format!(
            "`{text}` is plain http to a host that is not loopback, so that anyone on the way \
             could put keys of their own in: use https"
        ),
        Ok(_) => format!("`{text}` is not an https URL: write it as `https://host/path`"),
    };
    reader.problem(key, &problem);
    None
}
