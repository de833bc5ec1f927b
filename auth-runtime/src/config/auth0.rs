//! The names that Auth0's tutorials use: `AUTH0_DOMAIN` and `API_IDENTIFIER` (or `API_ID`), in the
//! environment or in a `.env` file. The environment wins.

use std::collections::HashMap;
use std::env;

use url::Url;

use super::problem::Problem;

/// A key of ours that a variable sets.
#[derive(Debug, PartialEq)]
pub(super) struct Auth0 {
    pub(super) key: &'static str,
    /// As a message names it.
    pub(super) variable: &'static str,
    pub(super) value: String,
}

/// # Errors
/// If a variable is empty or has not the form it should have, or `.env` cannot be read.
pub(super) fn read() -> Result<Vec<Auth0>, Vec<Problem>> {
    let file = dotenv().map_err(|problem| vec![problem])?;
    from(|name| env::var(name).ok().or_else(|| file.get(name).cloned()))
}

fn from(variable: impl Fn(&str) -> Option<String>) -> Result<Vec<Auth0>, Vec<Problem>> {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    if let Some(domain) = variable("AUTH0_DOMAIN") {
        match issuer(&domain) {
            Some(value) => {
                found.push(Auth0 {
                    key: "issuer",
                    variable: "AUTH0_DOMAIN",
                    value,
                });
            }
            None => problems.push(Problem::new(
                "AUTH0_DOMAIN",
                None,
                "it must be a host name alone, such as `tenant.eu.auth0.com`: without `https://`, \
                 without a path",
            )),
        }
    }
    for name in ["API_IDENTIFIER", "API_ID"] {
        match variable(name) {
            None => continue,
            Some(value) if value.trim().is_empty() => {
                problems.push(Problem::new(name, None, "it is empty: set it or remove it"));
            }
            Some(value) => {
                found.push(Auth0 {
                    key: "audience",
                    variable: name,
                    value,
                });
            }
        }
        break;
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems)
    }
}

/// The issuer of a tenant: `https://DOMAIN/`. The domain may carry a port.
fn issuer(domain: &str) -> Option<String> {
    let issuer = format!("https://{domain}/");
    let url = Url::parse(&issuer).ok()?;
    // Whatever is no host and port would have changed in parsing, or stand elsewhere in the URL.
    let is_host = !domain.is_empty()
        && domain
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"/\\?#@".contains(&byte))
        && url.host().is_some();
    is_host.then_some(issuer)
}

fn dotenv() -> Result<HashMap<String, String>, Problem> {
    let unreadable = |error: dotenvy::Error| {
        Problem::new(".env", None, format!("it cannot be read: {}", line(&error)))
    };
    match dotenvy::dotenv_iter() {
        Ok(entries) => entries.collect::<Result<_, _>>().map_err(unreadable),
        Err(error) if error.not_found() => Ok(HashMap::new()),
        Err(error) => Err(unreadable(error)),
    }
}

/// A line of `.env` may hold a secret, so that the message must not quote it.
fn line(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(_, index) => {
            format!("it is malformed (at index {index} of a line)")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<Vec<(&'static str, String)>, usize> {
        let variables: HashMap<_, _> = variables.iter().copied().collect();
        from(|name| variables.get(name).map(|value| (*value).to_owned()))
            .map(|found| found.into_iter().map(|one| (one.key, one.value)).collect())
            .map_err(|problems| problems.len())
    }

    #[test]
    fn a_domain_is_an_issuer_with_a_slash_at_its_end() {
        let issuer = |value: &str| Ok(vec![("issuer", value.to_owned())]);
        assert_eq!(
            of(&[("AUTH0_DOMAIN", "t.auth0.com")]),
            issuer("https://t.auth0.com/")
        );
        assert_eq!(
            of(&[("AUTH0_DOMAIN", "localhost:9443")]),
            issuer("https://localhost:9443/")
        );
    }

    #[test]
    fn a_domain_that_is_no_host_is_a_problem() {
        for domain in [
            "",
            " ",
            "https://t.auth0.com",
            "t.auth0.com/",
            "a b",
            "u@h",
            "h?q",
            "h:x",
        ] {
            assert_eq!(of(&[("AUTH0_DOMAIN", domain)]), Err(1), "{domain:?}");
        }
    }

    #[test]
    fn the_identifier_goes_by_two_names() {
        let audience = Ok(vec![("audience", "https://api".to_owned())]);
        assert_eq!(of(&[("API_IDENTIFIER", "https://api")]), audience);
        assert_eq!(of(&[("API_ID", "https://api")]), audience);
        assert_eq!(
            of(&[("API_ID", "other"), ("API_IDENTIFIER", "https://api")]),
            audience
        );
        assert_eq!(of(&[("API_IDENTIFIER", "")]), Err(1));
        assert_eq!(of(&[]), Ok(vec![]));
    }
}
