use std::time::{Duration, SystemTime};

use super::super::{News, Once, ProofLimits, Record, Recorded, Store as _};
use super::test_server::RedisServer;
use super::{Redis, RedisAddress};

const WAIT: Duration = Duration::from_millis(50);

fn store(server: &RedisServer) -> Redis {
    let address = RedisAddress::parse(&server.url()).unwrap();
    Redis::new(&address, ProofLimits::new(100))
}

fn record(text: &str, expires: i64) -> Record {
    Record {
        text: text.to_owned(),
        expires,
    }
}

fn once(jti: &str) -> Once {
    let now = SystemTime::now();
    Once::new("issuer", jti, now, now + Duration::from_secs(60))
}

async fn redis(server: &RedisServer) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(server.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

#[tokio::test]
async fn an_appended_record_is_in_the_snapshot_or_in_the_news() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let store = store(&server);
    store
        .append(&[record("a", 10), record("b", 20)])
        .await
        .unwrap();
    let (mut feed, snapshot) = store.load().await.unwrap();
    assert_eq!(snapshot.records, ["a", "b"]);
    let news = feed.follow(&snapshot.position, WAIT).await.unwrap();
    assert!(matches!(news, News::None), "{news:?}");
    store.append(&[record("c", 30)]).await.unwrap();
    let News::Records(records, position) = feed.follow(&snapshot.position, WAIT).await.unwrap()
    else {
        panic!("there is news");
    };
    assert_eq!(records, ["c"]);
    let news = feed.follow(&position, WAIT).await.unwrap();
    assert!(matches!(news, News::None), "{news:?}");
}

#[tokio::test]
async fn a_log_of_several_pages_is_read_completely() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let store = store(&server);
    let (mut feed, empty) = store.load().await.unwrap();
    let records: Vec<_> = (0..2500)
        .map(|index| record(&index.to_string(), 1))
        .collect();
    for chunk in records.chunks(500) {
        store.append(chunk).await.unwrap();
    }
    let expected: Vec<_> = records.iter().map(|record| record.text.clone()).collect();
    assert_eq!(store.load().await.unwrap().1.records, expected);
    let (mut followed, mut position) = (Vec::new(), empty.position);
    while let News::Records(records, next) = feed.follow(&position, WAIT).await.unwrap() {
        followed.extend(records);
        position = next;
    }
    assert_eq!(followed, expected);
}

#[tokio::test]
async fn a_token_can_be_used_again_only_until_its_user_has_the_answer() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let (store, other) = (store(&server), store(&server));
    let record = [record("a", 10)];
    let used = async |store: &Redis, jti| store.append_once(&once(jti), &record).await.unwrap();
    assert_eq!(used(&store, "x").await, Recorded::Now);
    assert_eq!(
        used(&other, "x").await,
        Recorded::Now,
        "a retry after a lost answer"
    );
    store.settle(&once("x")).await.unwrap();
    for store in [&store, &other] {
        assert_eq!(used(store, "x").await, Recorded::Before);
    }
    assert_eq!(used(&store, "y").await, Recorded::Now);
    assert_eq!(store.load().await.unwrap().1.records, ["a", "a", "a"]);
}

#[tokio::test]
async fn lost_data_are_noticed() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let store = store(&server);
    store.append(&[record("a", 10)]).await.unwrap();
    let (mut feed, snapshot) = store.load().await.unwrap();
    let mut connection = redis(&server).await;
    redis::cmd("FLUSHALL")
        .exec_async(&mut connection)
        .await
        .unwrap();
    let news = feed.follow(&snapshot.position, WAIT).await.unwrap();
    assert!(matches!(news, News::DataLost), "{news:?}");
}

/// New entries may have ids that are after the position of someone who follows the old ones.
#[tokio::test]
async fn data_that_are_lost_are_noticed_although_there_is_news_all_the_time() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let store = store(&server);
    store.append(&[record("a", 10)]).await.unwrap();
    let (mut feed, mut snapshot) = store.load().await.unwrap();
    let mut connection = redis(&server).await;
    let mut flush = redis::cmd("FLUSHALL");
    flush.arg("SYNC").exec_async(&mut connection).await.unwrap();
    loop {
        store.append(&[record("b", 10)]).await.unwrap();
        match feed.follow(&snapshot.position, WAIT).await.unwrap() {
            News::Records(_, position) => snapshot.position = position,
            News::DataLost => break,
            News::None => panic!("there is news"),
        }
    }
    let (_, snapshot) = store.load().await.unwrap();
    assert_eq!(snapshot.records.first().map(String::as_str), Some("b"));
}

#[tokio::test]
async fn trimming_removes_only_entries_that_no_process_needs() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let store = store(&server);
    let records: Vec<_> = [100, 200, 9_000, 100]
        .into_iter()
        .map(|expires| record(&expires.to_string(), expires))
        .collect();
    store.append(&records).await.unwrap();
    let (mut feed, _) = store.load().await.unwrap();
    let left = async || store.load().await.unwrap().1.records;
    // Entries are kept for another hour, because clocks differ.
    feed.trim(100 + 3599).await.unwrap();
    assert_eq!(left().await.len(), 4);
    feed.trim(200 + 3600).await.unwrap();
    assert_eq!(
        left().await,
        ["9000", "100"],
        "entries behind a needed one stay"
    );
    feed.trim(9_000 + 3600).await.unwrap();
    assert!(left().await.len() <= 1);
}

#[tokio::test]
async fn a_process_whose_clock_is_ahead_trims_by_the_clock_of_the_store() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let store = store(&server);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = i64::try_from(now.unwrap().as_secs()).unwrap();
    store.append(&[record("needed", now + 60)]).await.unwrap();
    let (mut feed, _) = store.load().await.unwrap();
    feed.trim(now + 365 * 24 * 3600).await.unwrap();
    store.append(&[record("later", now + 60)]).await.unwrap();
    feed.trim(now + 365 * 24 * 3600).await.unwrap();
    assert_eq!(store.load().await.unwrap().1.records, ["needed", "later"]);
}

#[tokio::test]
async fn a_full_store_refuses_to_append_and_can_still_be_followed() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let store = store(&server);
    store.append(&[record("a", 10)]).await.unwrap();
    let mut connection = redis(&server).await;
    let mut limit = redis::cmd("CONFIG");
    limit.arg("SET").arg("maxmemory").arg("1");
    limit.exec_async(&mut connection).await.unwrap();
    let error = store.append(&[record("b", 10)]).await.unwrap_err();
    assert!(error.is_refused_write(), "{error}");
    let (mut feed, snapshot) = store.load().await.unwrap();
    assert_eq!(snapshot.records, ["a"]);
    let news = feed.follow(&snapshot.position, WAIT).await.unwrap();
    assert!(matches!(news, News::None), "{news:?}");
}

#[tokio::test]
async fn an_acknowledged_record_survives_a_crash_with_an_append_only_file() {
    let options = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut server) = RedisServer::start_with(&options).await else {
        return;
    };
    let store = store(&server);
    let mut acknowledged = Vec::new();
    for index in 0..200 {
        let text = index.to_string();
        store.append(&[record(&text, 10)]).await.unwrap();
        acknowledged.push(text);
    }
    server.kill().await;
    server.start().await;
    let records = loop {
        if let Ok((_, snapshot)) = store.load().await {
            break snapshot.records;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(records, acknowledged);
}
