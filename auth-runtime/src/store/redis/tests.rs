use std::sync::Arc;

use super::super::UsedProof;
use super::test_server::RedisServer;
use super::*;

fn proof(key: u8, jti: &str, seconds: u64) -> UsedProof {
    let now = SystemTime::now();
    UsedProof::new(&[key; 32], jti, now, now + Duration::from_secs(seconds))
}

fn store(server: &RedisServer, limits: ProofLimits) -> Redis {
    Redis::new(&RedisAddress::parse(&server.url()).unwrap(), limits)
}

#[tokio::test]
async fn only_one_of_many_instances_records_a_proof() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let limits = ProofLimits::new(1000);
    let stores = [(); 4].map(|()| Arc::new(store(&server, limits)));
    let attempts: Vec<_> = (0..40)
        .map(|index| {
            let store = Arc::clone(&stores[index % stores.len()]);
            tokio::spawn(async move { store.record_proof(&proof(1, "a", 60)).await.unwrap() })
        })
        .collect();
    let mut recorded = 0;
    for attempt in attempts {
        recorded += usize::from(attempt.await.unwrap() == Recorded::Now);
    }
    assert_eq!(recorded, 1);
    let other = stores[0].record_proof(&proof(2, "a", 60)).await;
    assert_eq!(other.unwrap(), Recorded::Now);
}

#[tokio::test]
async fn one_key_may_use_a_tenth_of_the_total() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let store = store(&server, ProofLimits::new(20));
    for key in 1..=10 {
        for jti in ["a", "b"] {
            let recorded = store.record_proof(&proof(key, jti, 60)).await;
            assert_eq!(recorded.unwrap(), Recorded::Now);
        }
        if key < 10 {
            let third = store.record_proof(&proof(key, "c", 60)).await;
            assert!(matches!(third, Err(StoreError::FullForKey)), "{third:?}");
        }
    }
    let more = store.record_proof(&proof(11, "a", 60)).await;
    assert!(matches!(more, Err(StoreError::Full)), "{more:?}");
    let again = store.record_proof(&proof(3, "b", 60)).await;
    assert_eq!(again.unwrap(), Recorded::Before);
}

#[tokio::test]
async fn a_record_lives_until_the_proof_is_too_old_for_every_clock() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let store = store(&server, ProofLimits::new(100));
    store.record_proof(&proof(1, "a", 60)).await.unwrap();
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg("*")
        .query_async(&mut connection)
        .await
        .unwrap();
    assert_eq!(keys.len(), 3, "{keys:?}");
    for key in keys {
        let life: i64 = redis::cmd("PTTL")
            .arg(&key)
            .query_async(&mut connection)
            .await
            .unwrap();
        assert!((60_000..=70_000).contains(&life), "{key} {life}");
    }
}

#[tokio::test]
async fn a_store_that_is_down_refuses_and_serves_again_when_it_is_up() {
    let Some(mut server) = RedisServer::start_if_installed().await else {
        return;
    };
    let store = store(&server, ProofLimits::new(100));
    store.record_proof(&proof(1, "a", 60)).await.unwrap();
    server.kill().await;
    assert!(store.record_proof(&proof(1, "b", 60)).await.is_err());
    server.start().await;
    while store.check().await.is_err() {
        tokio::time::sleep(PAUSE_OF_TESTS).await;
    }
    let recorded = store.record_proof(&proof(1, "b", 60)).await;
    assert_eq!(recorded.unwrap(), Recorded::Now);
}

/// Checks that no request fails when a broken connection is noticed.
#[tokio::test]
async fn a_restart_between_two_requests_is_not_noticed() {
    let Some(mut server) = RedisServer::start_if_installed().await else {
        return;
    };
    let store = store(&server, ProofLimits::new(100));
    store.record_proof(&proof(1, "a", 60)).await.unwrap();
    server.kill().await;
    server.start().await;
    let recorded = store.record_proof(&proof(1, "b", 60)).await;
    assert_eq!(recorded.unwrap(), Recorded::Now);
}

#[tokio::test]
async fn refused_credentials_are_an_error_until_they_are_accepted() {
    let Some(server) = RedisServer::start_with(&["--requirepass", "right"]).await else {
        return;
    };
    let store = store(&server, ProofLimits::new(100));
    let error = store.check().await.unwrap_err();
    assert!(error.to_string().contains("NOAUTH"), "{error}");
    let administrator = server.url().replace("redis://", "redis://:right@");
    let client = redis::Client::open(administrator).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut accept = redis::cmd("CONFIG");
    accept.arg("SET").arg("requirepass").arg("");
    accept.exec_async(&mut connection).await.unwrap();
    while store.check().await.is_err() {
        tokio::time::sleep(PAUSE_OF_TESTS).await;
    }
    let recorded = store.record_proof(&proof(1, "a", 60)).await;
    assert_eq!(recorded.unwrap(), Recorded::Now);
}

#[tokio::test]
async fn a_store_whose_memory_is_full_records_no_proof() {
    let Some(server) = RedisServer::start_with(&["--maxmemory", "1"]).await else {
        return;
    };
    let store = store(&server, ProofLimits::new(100));
    let error = store.record_proof(&proof(1, "a", 60)).await.unwrap_err();
    assert!(error.to_string().contains("OOM"), "{error}");
}

#[tokio::test]
async fn a_policy_that_evicts_entries_is_found_if_memory_is_limited() {
    for (options, policy) in [
        (
            &["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"][..],
            Some("allkeys-lru"),
        ),
        (
            &["--maxmemory", "100mb", "--maxmemory-policy", "volatile-ttl"],
            Some("volatile-ttl"),
        ),
        (
            &["--maxmemory", "100mb", "--maxmemory-policy", "noeviction"],
            None,
        ),
        (
            &["--maxmemory", "0", "--maxmemory-policy", "allkeys-lru"],
            None,
        ),
        // It does not say, which is not a failure.
        (
            &[
                "--maxmemory",
                "100mb",
                "--maxmemory-policy",
                "allkeys-lru",
                "--rename-command",
                "INFO",
                "",
            ],
            None,
        ),
    ] {
        let Some(server) = RedisServer::start_with(options).await else {
            return;
        };
        let store = store(&server, ProofLimits::new(100));
        store.check().await.unwrap();
        assert_eq!(
            store.eviction_policy().await.as_deref(),
            policy,
            "{options:?}"
        );
    }
}

#[test]
fn only_urls_of_redis_are_accepted_and_no_error_shows_a_password() {
    for url in [
        "http://x",
        "redis:",
        "redis://:secret@host:port",
        "redis://:secret@h/x",
        "unix:///tmp/x",
    ] {
        let error = RedisAddress::parse(url).expect_err(url).to_string();
        assert!(!error.contains("secret"), "{error}");
    }
    for url in [
        "redis://127.0.0.1",
        "rediss://user:pass@host:6380/2",
        "redis://user:p%23%2F%3F%40@host/0?protocol=resp3",
    ] {
        assert!(RedisAddress::parse(url).is_ok(), "{url}");
    }
}

#[test]
fn a_password_that_is_not_percent_encoded_is_refused_and_not_shown() {
    for url in [
        "redis://user:#secret@host/0",
        "redis://user:?secret@host",
        "redis://user:1/secret@host",
        "redis://default:42#secret@host/0",
        "redis://user:pass@host/0#secret",
        "redis://user:pass@host/0#insecure",
    ] {
        let error = RedisAddress::parse(url).expect_err(url).to_string();
        assert!(error.contains("percent-encode"), "{error}");
        assert!(!error.contains("secret@"), "{error}");
    }
}

const PAUSE_OF_TESTS: Duration = Duration::from_millis(20);
