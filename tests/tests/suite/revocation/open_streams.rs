//! What many open connections cost while nothing happens.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

use rocket::futures::stream::{self, Stream};
use tokio::task::unconstrained;

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
    let counter = Arc::<Wakes>::default();
    let waker = Waker::from(Arc::clone(&counter));
    let mut open = Vec::with_capacity(STREAMS);
    // Without a budget, because tokio wakes a task at once that has polled too much.
    let cost = unconstrained(async {
        allocation_counter::measure(|| {
            for _ in 0..STREAMS {
                open.push(Box::pin(auth.until_ended(&token, stream::pending::<()>())));
            }
            assert!(poll_all(&mut open, &waker).all(|polled| polled.is_pending()));
        })
    })
    .await;
    let bytes = usize::try_from(cost.bytes_current).unwrap() / STREAMS;
    println!("{bytes} bytes for each open stream");
    assert!(bytes < MAX_BYTES, "{bytes} bytes");
    let_others_run().await;
    assert_eq!(counter.take(), 0);
    let revocations = auth.revocations().unwrap();
    let revoke = |user: &'static str| revocations.revoke_user(seed.issuer.url(), user);
    revoke("another").await.unwrap();
    assert_eq!(
        counter.take(),
        STREAMS,
        "each looks once whether it is revoked"
    );
    let is_open = async |open: &mut _| poll_all(open, &waker).all(|polled| polled.is_pending());
    assert!(unconstrained(is_open(&mut open)).await);
    let_others_run().await;
    assert_eq!(counter.take(), 0);
    revoke("u").await.unwrap();
    let ended =
        async |open: &mut _| poll_all(open, &waker).all(|polled| polled == Poll::Ready(None));
    assert!(unconstrained(ended(&mut open)).await);
}

/// Polls each stream once.
fn poll_all<S: Stream<Item = ()>>(
    open: &mut [Pin<Box<S>>],
    waker: &Waker,
) -> impl Iterator<Item = Poll<Option<()>>> {
    let polled = open.iter_mut().map(|stream| {
        let mut context = Context::from_waker(waker);
        stream.as_mut().poll_next(&mut context)
    });
    // All of them, although the caller may stop at the first one.
    polled.collect::<Vec<_>>().into_iter()
}
