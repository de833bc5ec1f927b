//! What many instances of an API do to their issuer: the state machine of each instance, driven
//! through starts, rotations, outages and floods. The figures in docs/performance.md come from
//! `cargo test -p auth-runtime --lib herd -- --nocapture`.

use fastrand::Rng;

use super::*;

const TIMES: Times = Times {
    ttl: Duration::from_secs(600),
    cooldown: Duration::from_secs(5),
    timeout: Duration::from_secs(5),
    max_stale: DAY,
};
const TICK: Duration = Duration::from_millis(200);
/// How long the issuer takes to answer.
const LATENCY: Duration = Duration::from_millis(200);
const MINUTE: Duration = Duration::from_secs(60);
/// Long enough for jitter to spread the fetches of instances that started together.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// One instance of the API, whose callers send tokens all the time.
struct Instance {
    life: Life,
    wakes: Duration,
    fetching: Option<Fetching>,
    /// The issuer's key that it knows.
    key: Option<u32>,
    /// A request that waits for a key.
    waiting: Option<Arrival>,
}

struct Fetching {
    ends: Duration,
    /// What the issuer answered, if it did.
    brings: Option<u32>,
}

/// All instances and their issuer.
struct Herd {
    now: Duration,
    instances: Vec<Instance>,
    chance: Rng,
    /// The key with which the issuer signs.
    key: u32,
    is_down: bool,
    /// Whether strangers send tokens with keys that nobody has.
    is_flooded: bool,
    /// When each fetch began.
    fetches: Vec<Duration>,
    /// How many requests with the issuer's key were answered 503.
    unavailable: usize,
}

/// How many fetches began: on average per minute, and at most in one second.
#[derive(Debug)]
struct Load {
    per_minute: f64,
    peak: u32,
}

fn moment(now: Duration) -> Moment {
    Moment {
        monotonic: now,
        wall: now,
    }
}

impl Herd {
    /// Starts all instances in the same moment, as a deployment does.
    fn start(count: u32) -> Self {
        let instance = || Instance {
            life: Life::new(TIMES, false, moment(Duration::ZERO)),
            wakes: Duration::ZERO,
            fetching: None,
            key: None,
            waiting: None,
        };
        Self {
            now: Duration::ZERO,
            instances: (0..count).map(|_| instance()).collect(),
            chance: Rng::with_seed(15),
            key: 1,
            is_down: false,
            is_flooded: false,
            fetches: Vec::new(),
            unavailable: 0,
        }
    }

    fn pass(&mut self, duration: Duration) -> Load {
        let (before, began) = (self.fetches.len(), self.now);
        while self.now < began + duration {
            let mut instances = std::mem::take(&mut self.instances);
            for instance in &mut instances {
                self.request(instance);
                self.work(instance);
            }
            self.instances = instances;
            self.now += TICK;
        }
        let new = &self.fetches[before..];
        let mut per_second = vec![0_u32; usize::try_from(duration.as_secs()).unwrap()];
        for fetch in new {
            let second = fetch.saturating_sub(began).as_secs();
            per_second[usize::try_from(second).unwrap()] += 1;
        }
        #[expect(clippy::cast_precision_loss, reason = "the counts are small")]
        let per_minute = new.len() as f64 / (duration.as_secs_f64() / 60.0);
        Load {
            per_minute,
            peak: per_second.into_iter().max().unwrap_or_default(),
        }
    }

    /// A request with the issuer's key comes to the instance and, in a flood, one with no known key.
    fn request(&mut self, instance: &mut Instance) {
        if instance.key == Some(self.key) && !self.is_flooded {
            return;
        }
        let now = moment(self.now);
        let (waiting, life) = (&mut instance.waiting, &mut instance.life);
        let arrival = *waiting.get_or_insert_with(|| life.arrive());
        match life.unknown_key(now, arrival) {
            Decision::Wait => {
                instance.wakes = self.now;
                return;
            }
            Decision::Unknown => {}
            Decision::Unavailable { .. } => {
                self.unavailable += usize::from(instance.key != Some(self.key));
            }
        }
        instance.life.leave(arrival);
        instance.waiting = None;
    }

    /// The instance's task does what is due.
    fn work(&mut self, instance: &mut Instance) {
        if let Some(fetching) = instance.fetching.take_if(|it| it.ends <= self.now) {
            let outcome = match fetching.brings {
                Some(_) => Outcome::Fetched { max_age: None },
                None => Outcome::Failed {
                    retry_after: None,
                    has_moved: false,
                },
            };
            let chance = self.chance.f64();
            instance.life.finish(moment(self.now), outcome, chance);
            instance.key = fetching.brings.or(instance.key);
            instance.wakes = self.now;
        }
        if instance.wakes > self.now || instance.fetching.is_some() {
            return;
        }
        match instance.life.step(moment(self.now)) {
            Step::Fetch(_) => {
                self.fetches.push(self.now);
                instance.fetching = Some(Fetching {
                    ends: self.now + LATENCY,
                    brings: (!self.is_down).then_some(self.key),
                });
            }
            Step::SleepUntil(until) => instance.wakes = until.wall,
        }
    }

    fn all_know_the_key(&self) -> bool {
        let mut instances = self.instances.iter();
        instances.all(|instance| instance.key == Some(self.key))
    }
}

/// What a herd of this size does. Asserts what holds for each instance.
fn row(count: u32) -> String {
    let (mut herd, each) = (Herd::start(count), f64::from(count));
    let start = herd.pass(MINUTE);
    assert_eq!(herd.fetches.len(), count as usize, "each fetches once");
    herd.pass(HOUR);
    let steady = herd.pass(HOUR);
    // Each set is fetched again after 75 to 85 % of ten minutes.
    assert!(steady.per_minute <= each / 7.5, "{steady:?}");
    // Instances that started together do not stay together.
    assert!(steady.peak <= 2 + count / 20, "{steady:?}");

    // Callers have tokens of the new key at once.
    herd.key += 1;
    let rotation = herd.pass(MINUTE);
    assert!(herd.all_know_the_key());
    assert!(rotation.per_minute <= 2.0 * each, "{rotation:?}");

    herd.pass(HOUR);
    herd.is_down = true;
    herd.pass(20 * MINUTE);
    let outage = herd.pass(20 * MINUTE);
    // The pauses have grown to 30 to 60 seconds.
    assert!(outage.per_minute <= 2.0 * each, "{outage:?}");
    herd.is_down = false;
    let recovery = herd.pass(MINUTE);
    assert!(recovery.per_minute <= each, "{recovery:?}");
    herd.key += 1;
    herd.pass(MINUTE);
    assert!(herd.all_know_the_key());

    herd.pass(HOUR);
    herd.is_flooded = true;
    herd.pass(MINUTE);
    let flood = herd.pass(10 * MINUTE);
    // One fetch per cool-down.
    assert!(flood.per_minute <= 12.0 * each, "{flood:?}");
    assert_eq!(
        herd.unavailable, 0,
        "a caller with a good token was refused"
    );

    let columns = [start, steady, rotation, outage, recovery, flood];
    let columns = columns.map(|Load { per_minute, peak }| format!("{per_minute:.1} ({peak})"));
    format!("| {count} | {} |", columns.join(" | "))
}

#[test]
fn a_thousand_instances_spread_their_fetches() {
    println!("fetches per minute (most in one second)");
    println!("| instances | start | steady | rotation | outage | recovery | flood |");
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for count in [1, 10, 100, 1000] {
        println!("{}", row(count));
    }
}
