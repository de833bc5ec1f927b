//! Configures where instances keep the state that they share.

use rocket::figment::value::Value;

use super::key::{Key, keys};
use super::names::name;
#[cfg(feature = "redis")]
use crate::store::RedisAddress;

/// Where the state that instances share is kept.
#[derive(Clone, Debug)]
pub(crate) enum StoreSettings {
    /// In this process.
    Memory,
    #[cfg(feature = "redis")]
    Redis(Box<RedisAddress>),
}

keys! {
    /// Where the state that instances share is kept: `"memory"`, which only covers one process, or the
    /// URL of a Redis, `"redis://…"` or `"rediss://…"` for TLS (feature `redis`). A password in it is
    /// percent-encoded.
    STORE: Key<StoreSettings> = ("store", Auth, "\"memory\"", store);
}

fn store(value: &Value) -> Result<StoreSettings, String> {
    let text =
        name(value).map_err(|error| format!("{error}, or percent-encode it in a password"))?;
    if text == "memory" {
        return Ok(StoreSettings::Memory);
    }
    if !text.starts_with("redis://") && !text.starts_with("rediss://") {
        return Err("it must be \"memory\", or a URL `redis://…` or `rediss://…`".to_owned());
    }
    redis(&text)
}

#[cfg(feature = "redis")]
fn redis(url: &str) -> Result<StoreSettings, String> {
    RedisAddress::parse(url)
        .map(|address| StoreSettings::Redis(Box::new(address)))
        .map_err(|error| error.to_string())
}

#[cfg(not(feature = "redis"))]
fn redis(_: &str) -> Result<StoreSettings, String> {
    Err(
        "it needs the feature `redis` of auth-runtime: switch it on in Cargo.toml, or set it to \
         \"memory\""
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::test_config::{BOTH, expect_beside, read};

    #[test]
    fn a_store_is_memory_or_a_redis() {
        assert!(read(&format!("{BOTH}store = 'memory'")).is_ok());
        expect_beside(
            "store = 'http://127.0.0.1'",
            "`auth.store` (from Rocket.toml): it must be \"memory\", or a URL `redis://…` or \
             `rediss://…`",
        );
    }

    #[cfg(feature = "redis")]
    #[test]
    fn the_password_of_a_redis_is_never_shown() {
        let settings = read(&format!(
            "{BOTH}store = 'redis://user:hunter2@127.0.0.1:6379/1'"
        ));
        assert!(!format!("{:?}", settings.unwrap()).contains("hunter2"));
        let problems = read(&format!("{BOTH}store = 'redis://user:hunter2@host:port'"));
        assert!(!problems.unwrap_err()[0].contains("hunter2"));
        expect_beside(
            "store = 'redis://user:#hunter2@host/0'",
            "`auth.store` (from Rocket.toml): the URL has an `@` or a `#` after its host: percent-encode \
             the password (`#` as `%23`, `/` as `%2F`, `?` as `%3F`, `@` as `%40`)",
        );
    }

    #[cfg(not(feature = "redis"))]
    #[test]
    fn a_redis_needs_the_feature() {
        expect_beside(
            "store = 'redis://127.0.0.1'",
            "`auth.store` (from Rocket.toml): it needs the feature `redis` of auth-runtime: switch it \
             on in Cargo.toml, or set it to \"memory\"",
        );
    }
}
