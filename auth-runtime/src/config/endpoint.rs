//! Checks the addresses that keys are fetched from.

use url::Url;

use super::DEBUG;
use super::key::Row;
use super::reader::Reader;
use crate::http;

/// Parses a URL that keys are fetched from, which is the value of `key` or derived from it. Plain
/// HTTP is allowed within the machine and to `http_hosts`.
pub(super) fn endpoint(
    reader: &mut Reader,
    key: &Row,
    text: &str,
    http_hosts: &[String],
) -> Option<Url> {
    let is_development = *reader.profile() == DEBUG;
    match parse(text, http_hosts, is_development) {
        Ok(url) => Some(url),
        Err(message) => {
            reader.problem(key, message);
            None
        }
    }
}

fn parse(text: &str, http_hosts: &[String], is_development: bool) -> Result<Url, String> {
    // The text may hold a password, even where it is not parsed as one.
    let subject = if text.contains('@') {
        "it".to_owned()
    } else {
        format!("`{text}`")
    };
    let url = Url::parse(text).map_err(|error| {
        format!("{subject} is not a URL ({error}): write it as `https://host/path`")
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL with a user or password is not supported: remove them".to_owned());
    }
    if url.fragment().is_some() {
        return Err(format!(
            "{subject} has a fragment: remove the `#` and what follows it"
        ));
    }
    if http::is_allowed(&url, http_hosts) {
        return Ok(url);
    }
    Err(if url.scheme() == "http" {
        let alternative = if is_development {
            ", or name the host in `allow_http_hosts` while you develop"
        } else {
            ""
        };
        format!(
            "{subject} is plain http to a host that is not loopback, so that anyone on the way \
             could replace the keys: use https{alternative}"
        )
    } else {
        format!("{subject} is not an https URL: write it as `https://host/path`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_shows_what_may_be_a_password() {
        for text in [
            "https://user:secret@host/",
            "https://user:#secret@host/",
            "http://user.test?secret@host/",
            "ftp://user.test/secret@host/",
            "https://user:1x#secret@host/",
        ] {
            let message = parse(text, &[], true).expect_err(text);
            assert!(!message.contains("secret"), "{message}");
        }
    }
}
