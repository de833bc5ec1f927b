//! Configures how key sets are fetched and kept.

use std::time::Duration;

use super::key::{Key, keys};
use super::reader::Reader;
use super::values::{positive_seconds, seconds};
use crate::jwks::Times;

keys! {
    /// The life of a key set whose reply has no `Cache-Control: max-age`, in seconds. The set is
    /// fetched again after about four fifths of it.
    JWKS_CACHE_TTL: Key<Duration> = ("jwks_cache_ttl", Auth, "600", positive_seconds);

    /// The shortest time between two fetches for unknown keys, in seconds. A shorter
    /// `max-age` counts as this time, and a longer one than a day counts as a day.
    JWKS_COOLDOWN: Key<Duration> = ("jwks_cooldown", Auth, "5", seconds);

    /// The longest time that one fetch may take, and that a request waits for a fetch to begin, in
    /// seconds.
    JWKS_TIMEOUT: Key<Duration> = ("jwks_timeout", Auth, "5", positive_seconds);

    /// How long the last good set is used after its life while fetching fails, in seconds.
    JWKS_MAX_STALE: Key<Duration> = ("jwks_max_stale", Auth, "86400", seconds);
}

pub(super) fn read(reader: &mut Reader) -> Times {
    Times {
        ttl: reader.value(&JWKS_CACHE_TTL),
        cooldown: reader.value(&JWKS_COOLDOWN),
        timeout: reader.value(&JWKS_TIMEOUT),
        max_stale: reader.value(&JWKS_MAX_STALE),
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_config::expect_beside;

    #[test]
    fn the_life_of_a_set_and_the_timeout_of_a_fetch_must_not_be_zero() {
        for key in ["jwks_cache_ttl", "jwks_timeout"] {
            expect_beside(
                &format!("{key} = 0"),
                &format!("`auth.{key}` (from Rocket.toml): it must be more than 0 seconds"),
            );
        }
    }
}
