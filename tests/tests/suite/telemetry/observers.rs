//! `on_decision`: what observers see, and what they cannot do to requests.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};

use auth_runtime::{AuthBuilder, Decision, DecisionOutcome, requires_auth, requires_scope, routes};
use rocket::get;

use crate::support::*;

#[requires_auth]
#[requires_scope("a", "b")]
#[get("/scoped/<_id>")]
fn scoped(_id: u32) {}

#[requires_scope("a", report_only)]
#[get("/reported")]
fn reported() {}

async fn observed(observe: impl FnOnce(AuthBuilder) -> AuthBuilder) -> Seed {
    api_with(observe, |rocket| {
        rocket.mount("/api", routes![scoped, reported])
    })
    .await
}

/// An observer that sends what it sees.
fn sent() -> (impl Fn(&Decision) + Send + Sync, Receiver<Decision>) {
    let (sender, decisions) = mpsc::channel();
    let observer = move |decision: &Decision| {
        let _ = sender.send(decision.clone());
    };
    (observer, decisions)
}

fn next(decisions: &Receiver<Decision>) -> Decision {
    let wait = std::time::Duration::from_secs(60);
    decisions.recv_timeout(wait).expect("a decision was made")
}

#[tokio::test]
async fn a_decision_says_what_was_decided_why_and_for_which_client() {
    let (observer, decisions) = sent();
    let seed = observed(|auth| auth.on_decision(observer)).await;
    let token = || {
        seed.token()
            .claim("client_id", "shop")
            .claim("azp", "other")
    };

    seed.status("/api/scoped/1", &token().scope("a").mint())
        .await;
    let denied = next(&decisions);
    assert_eq!(denied.route(), "GET /api/scoped/<_id>");
    assert_eq!(denied.policy().to_string(), r#"requires_scope("a", "b")"#);
    assert_eq!(
        denied.requirement().as_deref(),
        Some(r#"requires_scope("b")"#)
    );
    assert_eq!(denied.outcome(), DecisionOutcome::Denied);
    assert_eq!(denied.code(), Some("Unauthorized"));
    assert_eq!(denied.client_id(), Some("shop"));
    assert!(!denied.elapsed().is_zero());

    seed.status("/api/scoped/2", &token().scope("a b").mint())
        .await;
    let allowed = next(&decisions);
    assert_eq!(
        (allowed.outcome(), allowed.code()),
        (DecisionOutcome::Allowed, None)
    );
    assert_eq!(
        (allowed.requirement(), allowed.client_id()),
        (None, Some("shop"))
    );

    // The claims of a token that is not valid are not believed.
    seed.status("/api/scoped/2", &token().other_key().mint())
        .await;
    let refused = next(&decisions);
    assert_eq!(refused.outcome(), DecisionOutcome::Unauthenticated);
    assert_eq!(
        (refused.code(), refused.client_id()),
        (Some("invalid_header"), None)
    );

    seed.app.get("/api/scoped/2").send().await;
    assert_eq!(
        next(&decisions).code(),
        Some("authorization_header_missing")
    );

    let other = seed
        .token()
        .without_claim("client_id")
        .claim("azp", "by azp");
    seed.status("/api/reported", &other.mint()).await;
    let reported = next(&decisions);
    assert_eq!(
        (reported.outcome(), reported.code()),
        (DecisionOutcome::Reported, None)
    );
    assert_eq!(
        reported.requirement().as_deref(),
        Some(r#"requires_scope("a", report_only)"#)
    );
    assert_eq!(reported.client_id(), Some("by azp"));
}

#[tokio::test]
async fn a_decision_shows_nothing_of_the_token() {
    let (observer, decisions) = sent();
    let seed = observed(|auth| auth.on_decision(observer)).await;
    let token = seed.token().subject("somebody-private").scope("a").mint();
    seed.status("/api/scoped/1", &token).await;
    let shown = format!("{:?}", next(&decisions));
    assert!(!shown.contains("somebody-private"), "{shown}");
    for part in token.split('.') {
        assert!(!shown.contains(part), "{shown}");
    }
}

#[tokio::test]
async fn an_observer_that_hangs_or_panics_delays_and_breaks_no_request() {
    let (release, hang) = mpsc::channel::<()>();
    let hang = Mutex::new(hang);
    let seed = observed(|auth| {
        auth.on_decision(|_| panic!("an observer panics"))
            .on_decision(move |_| {
                let hang = hang.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = hang.recv();
            })
    })
    .await;
    let token = seed.token().scope("a b").mint();
    for _ in 0..50 {
        assert_eq!(seed.status("/api/scoped/1", &token).await, 200);
        assert_eq!(seed.status("/api/scoped/1", "garbage").await, 401);
    }
    drop(release);
}
