//! Configures the hosts that may be reached over plain HTTP, for development.

use rocket::figment::value::Value;
use url::Host;

use super::DEBUG;
use super::key::{OptionalKey, keys};
use super::names::names;
use super::reader::Reader;

keys! {
    /// Hosts to which plain http is allowed, such as that of a provider in another container. It
    /// works only in the profile `debug`, and each launch warns of it.
    ALLOW_HTTP_HOSTS: OptionalKey<Vec<String>> = ("allow_http_hosts", Auth,
        "none: only hosts within the machine", hosts);
}

pub(super) fn read(reader: &mut Reader) -> Vec<String> {
    let hosts = reader.optional(&ALLOW_HTTP_HOSTS).unwrap_or_default();
    if reader.is_set(&ALLOW_HTTP_HOSTS) && *reader.profile() != DEBUG {
        let message = format!(
            "it works only in the profile `{DEBUG}`, and the profile is `{}`: use https, and remove it",
            reader.profile()
        );
        reader.problem(&ALLOW_HTTP_HOSTS, message);
    }
    hosts
}

fn hosts(value: &Value) -> Result<Vec<String>, String> {
    let hosts = names(value)?;
    let is_name = |text: &String| {
        let mut characters = text.chars();
        characters.all(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | '.'))
    };
    // Parsing turns a name into lower case.
    let is_host =
        |text: &String| matches!(Host::parse(text), Ok(host) if host.to_string() == *text);
    if hosts.iter().all(|host| is_name(host) && is_host(host)) {
        return Ok(hosts);
    }
    Err(
        "it must be the name of a host or a list of them, such as `keycloak`, in lower case, \
         without a scheme and without a port"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::test_config::{expect, read, read_in_profile};

    const KEYCLOAK: &str = "issuer = 'http://keycloak:8080/realms/x'\naudience = 'api'\n";

    #[test]
    fn plain_http_to_a_listed_host_is_for_the_debug_profile() {
        for more in ["", "discovery = true", "jwks_uri = 'http://keycloak/keys'"] {
            let keys = format!("{KEYCLOAK}allow_http_hosts = ['keycloak']\n{more}");
            let settings = read(&keys).unwrap();
            assert_eq!(settings.http_hosts, ["keycloak"]);
            for profile in ["release", "default", "staging"] {
                assert_eq!(
                    read_in_profile(profile, &keys).unwrap_err(),
                    [format!(
                        "`auth.allow_http_hosts` (from Rocket.toml): it works only in the profile \
                         `debug`, and the profile is `{profile}`: use https, and remove it"
                    )]
                );
            }
        }
        let other = format!("{KEYCLOAK}allow_http_hosts = 'other'");
        assert!(read(&other).unwrap_err()[0].contains("is plain http"));
    }

    #[test]
    fn a_host_is_a_name_and_nothing_else() {
        for host in [
            "'http://keycloak'",
            "'keycloak:8080'",
            "'a/b'",
            "'Keycloak'",
            "'*'",
            "['a', '']",
        ] {
            let keys = format!("{KEYCLOAK}allow_http_hosts = {host}");
            let problems = read(&keys).unwrap_err();
            assert!(
                problems[0].starts_with("`auth.allow_http_hosts` (from Rocket.toml): it must be"),
                "{host}: {problems:?}"
            );
        }
        expect(
            &format!(
                "{}allow_http_hosts = ' keycloak'",
                KEYCLOAK.replace("http:", "https:")
            ),
            "`auth.allow_http_hosts` (from Rocket.toml): it contains white space: write `keycloak`",
        );
    }
}
