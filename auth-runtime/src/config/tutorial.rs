//! Reads the variables of Auth0's tutorials: `AUTH0_DOMAIN` and `API_IDENTIFIER`, or `API_ID`.

use url::Url;

use super::names;

/// A key of ours, and the variables that set it. The first that is set counts.
pub(super) struct Variables {
    pub(super) key: &'static str,
    /// The keys that take the place of the variables if they have a stronger source.
    pub(super) overridden_by: &'static [&'static str],
    pub(super) names: &'static [&'static str],
    /// Turns the value of a variable into the value of the key.
    value: fn(&str) -> Result<String, String>,
}

pub(super) static ISSUER: Variables = Variables {
    key: "issuer",
    overridden_by: &["issuer", "issuers"],
    names: &["AUTH0_DOMAIN"],
    value: issuer,
};

pub(super) static AUDIENCE: Variables = Variables {
    key: "audience",
    overridden_by: &["audience"],
    names: &["API_IDENTIFIER", "API_ID"],
    value: audience,
};

/// A variable that is set, and the value of the key, or what is wrong with it.
pub(super) struct Found {
    pub(super) variable: &'static str,
    pub(super) value: Result<String, String>,
}

impl Variables {
    /// Returns the first of these variables that `lookup` finds. The inner error says why it cannot
    /// be read.
    pub(super) fn find(
        &self,
        lookup: impl Fn(&str) -> Option<Result<String, String>>,
    ) -> Option<Found> {
        self.names.iter().find_map(|variable| {
            let text = lookup(variable)?;
            Some(Found {
                variable,
                value: text.and_then(|text| (self.value)(&text)),
            })
        })
    }
}

/// Returns the issuer of a tenant: `https://DOMAIN/`. The domain may have a port.
fn issuer(domain: &str) -> Result<String, String> {
    if !domain.is_empty() {
        names::check(domain)?;
    }
    let issuer = format!("https://{domain}/");
    // Parsing would change anything other than a host and a port, or treat it as another part of the
    // URL.
    let is_host = !domain.is_empty()
        && domain
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"/\\?#@".contains(&byte))
        && !domain.starts_with('.')
        && Url::parse(&issuer).is_ok_and(|url| url.host().is_some());
    if is_host {
        Ok(issuer)
    } else {
        Err(
            "it must be a host name such as `tenant.eu.auth0.com`, without `https://` and without \
             a path"
                .to_owned(),
        )
    }
}

fn audience(identifier: &str) -> Result<String, String> {
    if identifier.trim().is_empty() {
        return Err("it is empty: set it to the identifier of your API, or remove it".to_owned());
    }
    names::check(identifier)?;
    Ok(identifier.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(variables: &Variables, set: &[(&str, &str)]) -> Option<Result<String, String>> {
        let lookup = |name: &str| {
            let (_, value) = set.iter().find(|(variable, _)| *variable == name)?;
            Some(Ok((*value).to_owned()))
        };
        variables.find(lookup).map(|found| found.value)
    }

    #[test]
    fn a_domain_becomes_an_issuer_with_a_slash_at_its_end() {
        for (domain, issuer) in [
            ("t.auth0.com", "https://t.auth0.com/"),
            ("localhost:9443", "https://localhost:9443/"),
        ] {
            let found = find(&ISSUER, &[("AUTH0_DOMAIN", domain)]);
            assert_eq!(found, Some(Ok(issuer.to_owned())));
        }
    }

    #[test]
    fn a_domain_is_a_host_name() {
        for domain in [
            "",
            "https://t.auth0.com",
            "t.auth0.com/",
            "u@h",
            "h?q",
            "h:x",
            ".auth0.com",
        ] {
            let problem = find(&ISSUER, &[("AUTH0_DOMAIN", domain)])
                .unwrap()
                .unwrap_err();
            assert!(
                problem.starts_with("it must be a host name"),
                "{domain:?}: {problem}"
            );
        }
        for domain in [
            " ",
            "a b",
            "'t.auth0.com'",
            "t.auth0.com\n",
            "{tenant}.auth0.com",
        ] {
            let problem = find(&ISSUER, &[("AUTH0_DOMAIN", domain)])
                .unwrap()
                .unwrap_err();
            assert!(problem.starts_with("it contains "), "{domain:?}: {problem}");
        }
    }

    #[test]
    fn the_identifier_has_two_names() {
        let audience = Some(Ok("https://api".to_owned()));
        assert_eq!(
            find(&AUDIENCE, &[("API_IDENTIFIER", "https://api")]),
            audience
        );
        assert_eq!(find(&AUDIENCE, &[("API_ID", "https://api")]), audience);
        let both = [("API_ID", "other"), ("API_IDENTIFIER", "https://api")];
        assert_eq!(find(&AUDIENCE, &both), audience);
        for value in ["", " ", "'api'"] {
            assert!(
                find(&AUDIENCE, &[("API_IDENTIFIER", value)])
                    .unwrap()
                    .is_err()
            );
        }
        assert_eq!(find(&AUDIENCE, &[]), None);
    }
}
