//! Configures the API's own address, and the metadata that it publishes there.

use rocket::figment::value::Value;

use super::key::{Key, OptionalKey, keys};
use super::names::name;
use super::reader::Reader;
use super::values::flag;
use crate::binding::Target;

/// The API's base URL as clients write it.
#[derive(Clone, Debug)]
pub(crate) struct PublicUrl {
    /// As it is configured.
    pub(crate) text: String,
    /// In normal form.
    pub(crate) target: Target,
}

keys! {
    /// The API's own base URL as clients write it: scheme, host, port, and any path prefix that a
    /// proxy strips. It is `https`, or `http` for a loopback host, without query, fragment and user
    /// info. It is never derived from a request.
    PUBLIC_URL: OptionalKey<PublicUrl> = ("public_url", Auth,
        "none; required by `dpop` and `resource_metadata`", public_url);

    /// `true` serves the API's metadata (RFC 9728) at `/.well-known/oauth-protected-resource`, and
    /// names its address in challenges.
    RESOURCE_METADATA: Key<bool> = ("resource_metadata", Auth, "false", flag);
}

/// Reads the API's address, and whether metadata are served there.
pub(super) fn read(reader: &mut Reader) -> (Option<PublicUrl>, bool) {
    let public_url = reader.optional(&PUBLIC_URL);
    let resource_metadata = reader.value(&RESOURCE_METADATA);
    if resource_metadata && !reader.is_set(&PUBLIC_URL) {
        reader.problem(
            &RESOURCE_METADATA,
            "it needs `public_url`: set that to the URL that clients write, such as \
             `https://api.example.com`",
        );
    }
    let path = public_url.as_ref().map(|url| url.target.path());
    if resource_metadata && path.is_some_and(|path| path.contains('%')) {
        reader.problem(
            &PUBLIC_URL,
            "its path has percent-encoded characters, so that `resource_metadata` has no address below \
             it that a route can have: use a path without them, or remove `resource_metadata`",
        );
    }
    (public_url, resource_metadata)
}

fn public_url(value: &Value) -> Result<PublicUrl, String> {
    let text = name(value)?;
    if text.contains(['?', '#']) {
        return Err("it has a query or a fragment: remove it".to_owned());
    }
    let target = Target::parse(&text).map_err(|error| {
        format!("it is not a URL ({error}): write it as `https://api.example.com`")
    })?;
    if !target.is_https() && !target.is_loopback() {
        return Err(
            "it is plain http to a host that is not loopback: write the `https` URL that clients use"
                .to_owned(),
        );
    }
    Ok(PublicUrl { text, target })
}

#[cfg(test)]
mod tests {
    use super::super::test_config::{BOTH, expect_beside, read};

    #[test]
    fn a_public_url_is_https_or_loopback_and_nothing_but_a_base() {
        for url in [
            "https://api.example.com",
            "https://api.example.com:8443/v1/",
            "http://localhost:8000",
            "http://127.0.0.1:8000/api",
            "http://[::1]:8000",
        ] {
            let settings = read(&format!("{BOTH}public_url = '{url}'")).unwrap();
            assert_eq!(settings.public_url.unwrap().text, url);
        }
        for url in [
            "api.example.com",
            "http://api.example.com",
            "http://127.1:8000",
            "https://api.example.com/?a=b",
            "https://api.example.com/#a",
            "https://user@api.example.com",
            "https://api.example.com\\v1",
            "ftp://api.example.com",
            "https://",
        ] {
            let problems = read(&format!("{BOTH}public_url = '{url}'")).unwrap_err();
            let expected = "`auth.public_url` (from Rocket.toml): it ";
            assert!(problems[0].starts_with(expected), "{url}: {problems:?}");
        }
    }

    #[test]
    fn metadata_need_a_public_url() {
        expect_beside(
            "resource_metadata = true",
            "`auth.resource_metadata` (from Rocket.toml): it needs `public_url`: set that to the URL \
             that clients write, such as `https://api.example.com`",
        );
        let settings = read(&format!(
            "{BOTH}public_url = 'https://a.invalid'\nresource_metadata = true"
        ));
        assert!(settings.unwrap().resource_metadata);
    }

    #[test]
    fn metadata_need_a_path_that_a_route_can_have() {
        let keys = |path| {
            format!("{BOTH}public_url = \"https://a.invalid{path}\"\nresource_metadata = true")
        };
        assert!(read(&keys("/a/b")).is_ok());
        // The tests' configuration replaces a percent sign. Unreserved characters need no encoding.
        assert!(read(&keys("/\\u002561")).is_ok());
        for path in ["/a\\u002520b", "/\\u00252F", "/\\u00253Cx\\u00253E"] {
            let problems = read(&keys(path)).unwrap_err();
            let expected =
                "`auth.public_url` (from Rocket.toml): its path has percent-encoded characters";
            assert!(problems[0].starts_with(expected), "{problems:?}");
        }
    }
}
