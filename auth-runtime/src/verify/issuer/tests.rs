use std::time::{Duration, UNIX_EPOCH};

use super::super::tests::verifier;
use super::*;
use crate::jwks::test_keys::ALL;

/// Returns an issuer with fixed keys and a secret that is accepted until second 100.
fn issuer() -> Issuer {
    let verifier = verifier(KeySet::default(), &[Algorithm::RS256], "issuer");
    let [mut issuer] = <[Issuer; 1]>::try_from(verifier.issuers.into_vec()).unwrap();
    issuer.secret = Some(TemporarySecret {
        keys: Arc::new(KeySet::default()),
        until: at(100),
    });
    issuer
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn a_temporary_secret_verifies_only_hs256_and_only_before_its_end() {
    let issuer = issuer();
    for (second, is_accepted) in [(0, true), (99, true), (100, false), (101, false)] {
        let now = at(second);
        let secret = issuer.secret_for(Algorithm::HS256, now);
        assert_eq!(secret.is_some(), is_accepted, "second {second}");
        assert_eq!(issuer.accepts(Algorithm::HS256, now), is_accepted);
        for algorithm in ALL {
            assert!(issuer.secret_for(algorithm, now).is_none(), "{algorithm:?}");
            assert_eq!(
                issuer.accepts(algorithm, now),
                algorithm == Algorithm::RS256,
                "{algorithm:?}"
            );
        }
    }
}

#[test]
fn an_issuer_without_a_temporary_secret_does_not_accept_hs256() {
    let mut issuer = issuer();
    issuer.secret = None;
    assert!(issuer.secret_for(Algorithm::HS256, at(0)).is_none());
    assert!(!issuer.accepts(Algorithm::HS256, at(0)));
}

#[test]
fn a_key_set_is_current_if_it_is_that_of_the_issuer_or_of_a_valid_secret() {
    let issuer = issuer();
    let of_keys = issuer.keys.generation();
    let of_secret = issuer
        .secret
        .as_ref()
        .map(|secret| secret.keys.generation());
    let of_another = Some(KeySet::default().generation());
    for (generation, before, after) in [
        (of_keys, true, true),
        (of_secret, true, false),
        (of_another, false, false),
        (None, false, false),
    ] {
        assert_eq!(issuer.has_key_set(generation, at(99)), before);
        assert_eq!(issuer.has_key_set(generation, at(100)), after);
    }
}
