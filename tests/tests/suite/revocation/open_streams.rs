//! What many open connections cost while nothing happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

use rocket::futures::StreamExt as _;
use rocket::futures::stream;

use super::seed_with_revocation;

const STREAMS: usize = 10_000;
const MAX_BYTES: usize = 2048;

/// Counts how often a task is woken.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

impl Wakes {
    fn take(&self) -> usize {
        self.0.swap(0, Relaxed)
    }
}

/// Lets the other tasks of the application do whatever they have to do.
async fn let_others_run() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn ten_thousand_open_streams_take_under_2_kib_each_and_wake_only_for_changes() {
    let seed = seed_with_revocation([]).await;
    let auth = seed.app.auth();
    let token = auth
        .verify(&seed.token().subject("u").mint())
        .await
        .unwrap();
    let wakes = Arc::<Wakes>::default();
    let waker = Waker::from(Arc::clone(&wakes));
    let mut context = Context::from_waker(&waker);
    let mut open = Vec::with_capacity(STREAMS);
    let cost = allocation_counter::measure(|| {
        for _ in 0..STREAMS {
            let mut stream = Box::pin(auth.until_ended(&token, stream::pending::<()>()));
            assert!(stream.poll_next_unpin(&mut context).is_pending());
            open.push(stream);
        }
    });
    let bytes = usize::try_from(cost.bytes_current).unwrap() / STREAMS;
    println!("{bytes} bytes for each open stream");
    assert!(bytes < MAX_BYTES, "{bytes} bytes");
    let_others_run().await;
    assert_eq!(wakes.take(), 0);
    let revocations = auth.revocations().unwrap();
    let revoke = |user: &'static str| revocations.revoke_user(seed.issuer.url(), user);
    revoke("another").await.unwrap();
    assert_eq!(wakes.take(), STREAMS, "each looks once whether it is hit");
    for stream in &mut open {
        assert!(stream.poll_next_unpin(&mut context).is_pending());
    }
    let_others_run().await;
    assert_eq!(wakes.take(), 0);
    revoke("u").await.unwrap();
    for stream in &mut open {
        assert_eq!(stream.poll_next_unpin(&mut context), Poll::Ready(None));
    }
}
