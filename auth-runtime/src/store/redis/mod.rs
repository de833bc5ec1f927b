//! Implements the store over Redis, for several processes.
//!
//! Each record is written by a script, so that the look-up and the write are one step. If a reply is
//! lost with its connection, the script runs again: each attempt carries a mark by which the script
//! recognises its own record.

mod connection;
mod log;
#[cfg(test)]
mod log_tests;
#[cfg(test)]
mod test_server;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redis::{RedisError, Script};

use self::connection::Connection;
pub(crate) use self::connection::RedisAddress;
pub(crate) use self::log::Feed;
use super::{Once, ProofLimits, Record, Recorded, Store, StoreError, UsedProof};

/// How much longer a proof is kept, because a proof that is too old for the clock of one instance may
/// still be fresh for another.
const CLOCK_MARGIN: Duration = Duration::from_secs(10);

/// The prefix of all keys of proofs. The braces put them into one slot of a cluster, which a script
/// requires.
const PROOFS: &str = "auth:{dpop}:proofs";

/// Records a proof (`KEYS[1]`) unless it is known, and counts it in the sets of all proofs
/// (`KEYS[2]`) and of those of its key (`KEYS[3]`), whose scores say when a proof is forgotten.
const RECORD_PROOF: &str = r"
local mark, life, total, per_key = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local known = redis.call('GET', KEYS[1])
if known == mark then return 'now' end
if known then return 'before' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function living(set) return redis.call('ZCOUNT', set, string.format('(%.0f', now), '+inf') end
if living(KEYS[2]) >= total then return 'full' end
if living(KEYS[3]) >= per_key then return 'full for key' end
-- This is the first write: Redis refuses no later one when its memory is full.
redis.call('SET', KEYS[1], mark, 'NX', 'PX', life)
for _, set in ipairs({KEYS[2], KEYS[3]}) do
    redis.call('ZREMRANGEBYSCORE', set, '-inf', now)
    redis.call('ZADD', set, now + life, KEYS[1])
    if redis.call('PTTL', set) < life then redis.call('PEXPIRE', set, life) end
end
return 'now'
";

/// The store of several processes.
pub(crate) struct Redis {
    connection: Connection,
    limits: ProofLimits,
    record_proof: Script,
}

impl Redis {
    /// Creates the store without connecting yet.
    pub(crate) fn new(address: &RedisAddress, limits: ProofLimits) -> Self {
        Self {
            connection: Connection::new(address),
            limits,
            record_proof: Script::new(RECORD_PROOF),
        }
    }

    /// Checks that the store answers.
    ///
    /// # Errors
    /// Fails if the store does not answer.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        self.connection
            .run(|mut connection| async move {
                redis::cmd("PING").exec_async(&mut connection).await
            })
            .await
    }

    /// Returns the policy by which the store evicts entries when its memory is full. Returns `None` if it
    /// evicts none, or does not say.
    pub(crate) async fn eviction_policy(&self) -> Option<String> {
        let info: Result<String, _> = self
            .connection
            .run(|mut connection| async move {
                let mut info = redis::cmd("INFO");
                info.arg("memory").query_async(&mut connection).await
            })
            .await;
        let info = info.ok()?;
        let value = |name| info.lines().find_map(|line| line.strip_prefix(name));
        let policy = value("maxmemory_policy:").filter(|policy| *policy != "noeviction")?;
        // Without a limit, nothing is evicted.
        (value("maxmemory:") != Some("0")).then(|| policy.to_owned())
    }
}

impl Store for Redis {
    async fn record_proof(&self, proof: &UsedProof) -> Result<Recorded, StoreError> {
        let id = format!("{PROOFS}:id:{}", hex(&proof.id));
        let key = format!("{PROOFS}:key:{}", hex(&proof.key));
        let life = proof.until.duration_since(proof.now).unwrap_or_default() + CLOCK_MARGIN;
        let mark = mark();
        let mut script = self.record_proof.prepare_invoke();
        script
            .key(&id)
            .key(PROOFS)
            .key(&key)
            .arg(&mark)
            .arg(u64::try_from(life.as_millis()).unwrap_or(u64::MAX))
            .arg(self.limits.total)
            .arg(self.limits.per_key);
        let script = &script;
        let answer: String = self
            .connection
            .run(|mut connection| async move { script.invoke_async(&mut connection).await })
            .await?;
        match answer.as_str() {
            "now" => Ok(Recorded::Now),
            "before" => Ok(Recorded::Before),
            "full" => Err(StoreError::Full),
            "full for key" => Err(StoreError::FullForKey),
            _ => Err(RedisError::from((
                redis::ErrorKind::UnexpectedReturnType,
                "the script that records proofs gave an unknown answer",
            ))
            .into()),
        }
    }

    async fn append(&self, records: &[Record]) -> Result<(), StoreError> {
        self.append_to_log(records).await
    }

    async fn append_once(&self, once: &Once, records: &[Record]) -> Result<Recorded, StoreError> {
        self.append_to_log_once(once, records).await
    }

    async fn settle(&self, once: &Once) -> Result<(), StoreError> {
        self.settle_in_log(once).await
    }
}

/// Returns a mark that distinguishes one attempt from all others.
fn mark() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.unwrap_or_default().as_nanos();
    format!("{now:x}-{:x}", fastrand::u64(..))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
