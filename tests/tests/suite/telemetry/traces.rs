//! Spans and events, with a real subscriber that takes lines of the log as events, too.

use auth_runtime::{Auth, requires_scope, routes};
use rocket::get;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::log::without_rockets_dumps;
use crate::policies::process;
use crate::support::*;

#[requires_scope("a")]
#[get("/scoped/<_id>")]
fn scoped(_id: u32) {}

/// Runs requests under a subscriber that writes to the standard output.
async fn trace(shows_subject: bool) {
    // `init` also installs the bridge from the log.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .without_time()
        .init();
    let seed = api_with(
        |auth: auth_runtime::AuthBuilder| auth.trace_subject(shows_subject),
        |rocket| {
            let log = ("log_level", "normal");
            let figment = rocket.figment().clone().merge(log);
            rocket.configure(figment).mount("/v1", routes![scoped])
        },
    )
    .await;
    println!("issuer: {} key: {}", seed.issuer.url(), seed.issuer.kid());
    let token = || seed.token().subject("private-subject");
    let good = token().scope("a").mint();
    for token in [&good, &good, &token().mint(), &token().expired().mint()] {
        println!("token: {token}");
        seed.status("/v1/scoped/5", token).await;
    }
    seed.app.get("/v1/scoped/5").send().await;
}

#[tokio::test]
#[ignore = "run by the tests below, as a process"]
async fn traces() {
    trace(false).await;
}

#[tokio::test]
#[ignore = "run by the tests below, as a process"]
async fn traces_with_the_subject() {
    trace(true).await;
}

/// Returns the output without the lines that the test itself wrote, and the tokens that were sent.
fn output(test: &str) -> (String, Vec<String>) {
    let output = process::run(&format!("telemetry::traces::{test}"), &[]);
    let output = without_rockets_dumps(&output);
    let (own, traced): (Vec<_>, Vec<_>) = output
        .lines()
        .partition(|line| line.starts_with("token: ") || line.starts_with("issuer: "));
    let tokens = own.iter().filter_map(|line| line.strip_prefix("token: "));
    (traced.join("\n"), tokens.map(str::to_owned).collect())
}

fn count(output: &str, parts: &[&str]) -> usize {
    let lines = output.lines();
    lines
        .filter(|line| parts.iter().all(|part| line.contains(part)))
        .count()
}

#[test]
fn a_verification_is_a_span_and_a_decision_an_event() {
    let (traced, tokens) = output("traces");
    let span = r#"auth.verify{route="GET /v1/scoped/<_id>""#;
    let closed = |parts: &[&str]| {
        let all: Vec<_> = [span, "close"].iter().chain(parts).copied().collect();
        count(&traced, &all)
    };
    let accepted = [
        r#"outcome="accepted""#,
        "issuer=\"http://127.0.0.1:",
        "key_id=\"",
    ];
    assert_eq!(closed(&accepted), 3, "{traced}");
    assert_eq!(closed(&["remembered=true"]), 1, "{traced}");
    assert_eq!(closed(&["remembered=false"]), 2, "{traced}");
    assert_eq!(
        closed(&[r#"outcome="refused""#, r#"code="token_expired""#]),
        1,
        "{traced}"
    );
    let decision = |outcome: &str| {
        let outcome = format!("outcome=\"{outcome}\"");
        count(&traced, &["auth_runtime: decision route=", &outcome])
    };
    assert_eq!(decision("allowed"), 2, "{traced}");
    assert_eq!(decision("denied"), 1, "{traced}");
    assert_eq!(decision("unauthenticated"), 2, "{traced}");
    let denied = [
        r#"code="Unauthorized""#,
        r#"requirement=requires_scope("a")"#,
        "client_id=",
    ];
    assert_eq!(count(&traced, &denied), 1, "{traced}");
    // Neither a token nor its subject is shown.
    assert!(!traced.contains("private-subject"), "{traced}");
    for token in tokens {
        for part in token.split('.') {
            assert!(!traced.contains(part), "{part}\nis in\n{traced}");
        }
    }
}

#[test]
fn a_line_of_the_log_comes_once_through_the_bridge() {
    let (traced, _) = output("traces");
    for line in [
        "token refused: the token expired",
        "the token does not meet requires_scope",
    ] {
        assert_eq!(count(&traced, &[line]), 1, "{line}:\n{traced}");
    }
    // The line about a refused token is within its span.
    assert_eq!(
        count(&traced, &["auth.verify{", "token refused: "]),
        1,
        "{traced}"
    );
}

#[test]
fn the_subject_is_shown_if_that_is_switched_on() {
    let (traced, _) = output("traces_with_the_subject");
    assert_eq!(
        count(&traced, &["close", "sub=\"private-subject\""]),
        3,
        "{traced}"
    );
}

#[tokio::test]
async fn without_a_subscriber_nothing_is_traced_and_requests_pass() {
    let auth = |auth: auth_runtime::AuthBuilder| auth.trace_subject(true);
    let seed = api_with(auth, |rocket| rocket.mount("/", routes![scoped])).await;
    let _: &Auth;
    let token = seed.token().scope("a").mint();
    assert_eq!(seed.status("/scoped/1", &token).await, 200);
}
