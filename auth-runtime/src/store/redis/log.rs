//! Keeps the shared log in a Redis stream.
//!
//! A stream keeps its entries in order and gives each an id. A process that lost its connection
//! continues after the last id that it has seen. Entries are only removed when no process needs them
//! any more.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, RedisError, RedisResult, cmd};
use tokio::time::{Instant, timeout};

use super::connection::TIMEOUT;
use super::{CLOCK_MARGIN, Redis, hex};
use crate::store::{News, Once, Position, Record, Recorded, Snapshot, StoreError};

/// The key of the stream. The braces put all keys of the log into one slot of a cluster, which a script
/// requires.
const STREAM: &str = "auth:{revocations}:log";
/// The key that identifies this incarnation of the data. It disappears together with the data.
const EPOCH: &str = "auth:{revocations}:epoch";
/// The prefix of the keys of tokens that may be used once.
const ONCE: &str = "auth:{revocations}:once";
/// The fields of an entry.
const TEXT: &str = "text";
const EXPIRES: &str = "expires";
/// The number of entries that are read at a time.
const PAGE: usize = 1000;
/// How much longer an expired entry is kept, in seconds, because the clocks of instances differ.
const TRIM_MARGIN: i64 = 3600;

/// Appends the records in `ARGV` from the index `first` on. `KEYS[1]` is the stream.
const APPEND: &str = r"
local function append(first)
    for i = first, #ARGV, 2 do
        redis.call('XADD', KEYS[1], '*', 'text', ARGV[i], 'expires', ARGV[i + 1])
    end
end
";
/// Appends all arguments.
const APPEND_ALL: &str = "append(1) return 1";
/// Appends unless the token in `KEYS[2]` has been used. Until it is settled, a process that appends
/// with it again has not received the answer.
const APPEND_ONCE: &str = r"
if redis.call('GET', KEYS[2]) == 'settled' then return 0 end
redis.call('SET', KEYS[2], 'open', 'PX', ARGV[1])
append(2)
return 1
";

/// A separate connection for a process that follows the log. It does not have a time-out for
/// responses, so that a read can wait for news.
pub(crate) struct Feed {
    connection: MultiplexedConnection,
    epoch: String,
    /// When the store was last asked for its epoch.
    epoch_seen: Instant,
}

/// The interval at which a store that always has news is asked for its epoch.
const EPOCH_INTERVAL: Duration = Duration::from_secs(1);

type Fields = Vec<(String, String)>;
type Entries = Vec<(String, Fields)>;

impl Redis {
    /// Appends the records to the log.
    ///
    /// # Errors
    /// Fails unless the store has acknowledged all of them.
    pub(super) async fn append_to_log(&self, records: &[Record]) -> Result<(), StoreError> {
        let script = redis::Script::new(&format!("{APPEND}{APPEND_ALL}"));
        let mut call = script.key(STREAM);
        for record in records {
            call.arg(&record.text).arg(record.expires);
        }
        let call = &call;
        self.connection
            .run(|mut connection| async move { call.invoke_async(&mut connection).await })
            .await
    }

    /// Appends the records unless something that may be used once has been used.
    ///
    /// # Errors
    /// Fails unless the store has acknowledged all of them.
    pub(super) async fn append_to_log_once(
        &self,
        once: &Once,
        records: &[Record],
    ) -> Result<Recorded, StoreError> {
        let life = once.until.duration_since(once.now).unwrap_or_default() + CLOCK_MARGIN;
        let script = redis::Script::new(&format!("{APPEND}{APPEND_ONCE}"));
        let mut call = script.key(STREAM);
        call.key(once_key(once))
            .arg(u64::try_from(life.as_millis()).unwrap_or(u64::MAX));
        for record in records {
            call.arg(&record.text).arg(record.expires);
        }
        let call = &call;
        let appended: bool = self
            .connection
            .run(|mut connection| async move { call.invoke_async(&mut connection).await })
            .await?;
        Ok(if appended {
            Recorded::Now
        } else {
            Recorded::Before
        })
    }

    /// Records that the user of the token has received the answer.
    ///
    /// # Errors
    /// Fails if the store cannot be reached.
    pub(super) async fn settle_in_log(&self, once: &Once) -> Result<(), StoreError> {
        let key = &once_key(once);
        self.connection
            .run(|mut connection| async move {
                cmd("SET")
                    .arg(key)
                    .arg("settled")
                    .arg("XX")
                    .arg("KEEPTTL")
                    .exec_async(&mut connection)
                    .await
            })
            .await
    }

    /// Connects to follow the log, and reads all of it.
    ///
    /// # Errors
    /// Fails if the store does not answer.
    pub(crate) async fn load(&self) -> Result<(Feed, Snapshot), StoreError> {
        let mut feed = Feed {
            connection: self.connection.open(None).await?,
            epoch: String::new(),
            epoch_seen: Instant::now(),
        };
        feed.epoch = feed.in_time(read_epoch(feed.connection.clone())).await?;
        let snapshot = feed.read_all().await?;
        Ok((feed, snapshot))
    }
}

impl Feed {
    /// Waits this long for records after the position.
    ///
    /// # Errors
    /// Fails if the store does not answer soon after.
    pub(crate) async fn follow(
        &mut self,
        position: &Position,
        wait: Duration,
    ) -> Result<News, StoreError> {
        let mut read = cmd("XREAD");
        read.arg("COUNT")
            .arg(PAGE)
            .arg("BLOCK")
            // 0 would wait indefinitely.
            .arg(wait.as_millis().max(1).to_string())
            .arg("STREAMS")
            .arg(STREAM)
            .arg(&*position.0);
        let mut connection = self.connection.clone();
        let reply = read.query_async::<Option<Vec<(String, Entries)>>>(&mut connection);
        let reply = timeout(wait + TIMEOUT, reply)
            .await
            .map_err(|_| timed_out())??;
        let entries = reply.into_iter().flatten().flat_map(|(_, entries)| entries);
        let entries: Entries = entries.collect();
        let is_due = entries.is_empty() || self.epoch_seen.elapsed() >= EPOCH_INTERVAL;
        if is_due && self.has_lost_data().await? {
            // A snapshot has the new records as well.
            return Ok(News::DataLost);
        }
        let Some((last, _)) = entries.last() else {
            return Ok(News::None);
        };
        let position = Position(last.as_str().into());
        Ok(News::Records(texts(entries), position))
    }

    async fn has_lost_data(&mut self) -> Result<bool, StoreError> {
        let mut connection = self.connection.clone();
        let mut get = cmd("GET");
        get.arg(EPOCH);
        let epoch: Option<String> = self
            .in_time(async { get.query_async(&mut connection).await })
            .await?;
        self.epoch_seen = Instant::now();
        Ok(epoch.unwrap_or_default() != self.epoch)
    }

    /// Removes the oldest entries, up to the first one that someone may still need.
    ///
    /// # Errors
    /// Fails if the store does not answer.
    pub(crate) async fn trim(&mut self, now: i64) -> Result<(), StoreError> {
        // A process whose clock is ahead must not remove what others need.
        let now = now.min(self.time().await?);
        let mut first_needed = None;
        let mut start = "-".to_owned();
        while first_needed.is_none() {
            let page = self.page(&start).await?;
            let Some((last, _)) = page.last() else {
                break;
            };
            start = format!("({last}");
            let needed = page.iter().find(|(_, fields)| !is_over(fields, now));
            first_needed = needed.map(|(id, _)| id.clone());
            if first_needed.is_none() {
                // All entries of the page are removable. The last one is removed with the next page,
                // or later.
                self.remove_before(last).await?;
            }
        }
        match first_needed {
            Some(id) => self.remove_before(&id).await,
            None => Ok(()),
        }
    }

    /// Asks the store for the time, in seconds since 1970.
    async fn time(&self) -> Result<i64, StoreError> {
        let mut connection = self.connection.clone();
        let time = cmd("TIME");
        let (seconds, _): (i64, i64) = self
            .in_time(async { time.query_async(&mut connection).await })
            .await?;
        Ok(seconds)
    }

    async fn remove_before(&self, id: &str) -> Result<(), StoreError> {
        let mut connection = self.connection.clone();
        let mut trim = cmd("XTRIM");
        trim.arg(STREAM).arg("MINID").arg(id);
        self.in_time(async { trim.exec_async(&mut connection).await })
            .await
    }

    async fn read_all(&self) -> Result<Snapshot, StoreError> {
        let mut records = Vec::new();
        let mut position = "0-0".to_owned();
        let mut start = "-".to_owned();
        loop {
            let page = self.page(&start).await?;
            let Some((last, _)) = page.last() else {
                break;
            };
            position.clone_from(last);
            start = format!("({last}");
            let is_last_page = page.len() < PAGE;
            records.extend(texts(page));
            if is_last_page {
                break;
            }
        }
        Ok(Snapshot {
            records,
            position: Position(position.into()),
        })
    }

    async fn page(&self, start: &str) -> Result<Entries, StoreError> {
        let mut connection = self.connection.clone();
        let mut range = cmd("XRANGE");
        range.arg(STREAM).arg(start).arg("+");
        range.arg("COUNT").arg(PAGE);
        self.in_time(async { range.query_async(&mut connection).await })
            .await
    }

    async fn in_time<T>(
        &self,
        command: impl Future<Output = RedisResult<T>>,
    ) -> Result<T, StoreError> {
        Ok(timeout(TIMEOUT, command).await.map_err(|_| timed_out())??)
    }
}

/// Returns the name of this incarnation of the data, and gives it one if it does not have one.
async fn read_epoch(mut connection: MultiplexedConnection) -> RedisResult<String> {
    let new = format!("{:032x}", fastrand::u128(..));
    let mut set = cmd("SET");
    set.arg(EPOCH).arg(new).arg("NX");
    // A store that refuses writes can still be followed.
    match set.exec_async(&mut connection).await {
        Err(error) if error.is_io_error() || error.is_unrecoverable_error() => return Err(error),
        _ => {}
    }
    let epoch: Option<String> = cmd("GET").arg(EPOCH).query_async(&mut connection).await?;
    Ok(epoch.unwrap_or_default())
}

fn texts(entries: Entries) -> Vec<String> {
    entries
        .into_iter()
        .filter_map(|(_, fields)| fields.into_iter().find(|(name, _)| name == TEXT))
        .map(|(_, text)| text)
        .collect()
}

/// Returns whether no process needs the entry any more, even if its clock is late. An entry that
/// cannot be read is kept.
fn is_over(fields: &Fields, now: i64) -> bool {
    let expires = fields.iter().find(|(name, _)| name == EXPIRES);
    let expires = expires.and_then(|(_, text)| text.parse::<i64>().ok());
    expires.is_some_and(|expires| expires.saturating_add(TRIM_MARGIN) <= now)
}

fn once_key(once: &Once) -> String {
    format!("{ONCE}:{}", hex(&once.id))
}

fn timed_out() -> RedisError {
    RedisError::from((ErrorKind::Io, "no answer in time"))
}
