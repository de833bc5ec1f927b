//! Measures how long it takes until a revocation is in force in every process:
//! `tests/benches/revocation.sh`.

use std::time::{Duration, Instant};

use super::*;

const REVOCATIONS: usize = 1000;

/// Measured times.
struct Times(Vec<Duration>);

impl Times {
    fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// Returns the time within which this many of a hundred measurements are.
    fn percentile(&self, percent: usize) -> f64 {
        let index = (self.0.len() * percent).div_ceil(100).max(1) - 1;
        self.0[index].as_secs_f64() * 1000.0
    }

    fn print(&self, what: &str) {
        println!(
            "| {what} | {:.2} | {:.2} | {:.2} |",
            self.percentile(50),
            self.percentile(99),
            self.percentile(100)
        );
    }
}

/// Sends the token to a process until it is refused. Returns the time of the refusal.
async fn refused(connection: &mut KeepAlive, token: &str) -> Instant {
    loop {
        match connection.get(PATH, token).await {
            200 => {}
            401 => return Instant::now(),
            status => panic!("status {status}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures, and needs the machine for itself"]
async fn measure_revocations() {
    let Some(processes) = Processes::start().await else {
        return;
    };
    let admin = processes.issuer.admin();
    let mut writers = Vec::new();
    for port in processes.ports {
        writers.push(KeepAlive::connect(port).await);
    }
    let mut readers = Vec::new();
    for port in processes.ports {
        readers.push(KeepAlive::connect(port).await);
    }
    let (mut acknowledged, mut everywhere, mut after) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..REVOCATIONS {
        let jti = format!("token-{number}");
        let token = processes.issuer.token(&[("jti", jti.as_str().into())]);
        for reader in &mut readers {
            assert_eq!(reader.get(PATH, &token).await, 200);
        }
        let writer = &mut writers[number % PROCESSES];
        let [first, second, third] = &mut *readers else {
            unreachable!("there are three");
        };
        let begin = Instant::now();
        let revoked = async {
            assert_eq!(revoke(writer, &admin, "jti", &jti).await, 204);
            Instant::now()
        };
        let (revoked, first, second, third) = tokio::join!(
            revoked,
            refused(first, &token),
            refused(second, &token),
            refused(third, &token)
        );
        let last = first.max(second).max(third);
        acknowledged.push(revoked - begin);
        everywhere.push(last - begin);
        after.push(last.saturating_duration_since(revoked));
    }
    println!(
        "{REVOCATIONS} revocations, one after the other, in {PROCESSES} processes that share a Redis \
         with `appendfsync always`\n\n| ms | p50 | p99 | slowest |\n| --- | ---: | ---: | ---: |"
    );
    let everywhere = Times::new(everywhere);
    Times::new(acknowledged).print("from the call to its acknowledgement");
    everywhere.print("from the call until every process refuses the token");
    Times::new(after).print("from the acknowledgement until every process refuses the token");
    assert!(everywhere.percentile(99) < 1000.0);
}
