//! What the report says of a token.

use std::cell::RefCell;
use std::collections::HashSet;

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{
    AccessToken, BindingMode, Rule, RuleError, public, requires, requires_auth, requires_claim,
    requires_scope, routes,
};
use proptest::prelude::*;
use proptest::sample::Index;
use rocket::{Request, async_trait, get};
use serde_json::json;

use super::*;

struct OfficeHours;

#[async_trait]
impl Rule for OfficeHours {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(false)
    }
}

#[public]
#[get("/public")]
fn open() {}

#[requires_auth]
#[get("/plain")]
fn plain() {}

#[requires_scope("read:messages")]
#[get("/scoped")]
fn scoped() {}

#[requires_claim(sub = "<user>")]
#[get("/users/<user>")]
fn owned(user: &str) -> &str {
    user
}

#[requires(OfficeHours)]
#[get("/rule")]
fn ruled() {}

async fn issuer() -> LocalIssuer {
    LocalIssuer::start("https://api.test")
        .await
        .expect("the local issuer starts")
}

fn trusting(issuer: &LocalIssuer) -> AuthBuilder {
    Auth::builder()
        .issuer(issuer.url())
        .audience(issuer.audience())
}

async fn app(auth: AuthBuilder) -> Rocket<Ignite> {
    ignited(auth, |rocket| {
        rocket.mount("/", routes![open, plain, scoped, owned, ruled])
    })
    .await
}

/// Asserts that the report's verdict is that of `Auth::verify`, and that its findings fit: each check
/// before the failed one was passed, and none after it was made.
async fn expect_agreement(rocket: &Rocket<Ignite>, token: &str) -> CheckReport {
    let auth = rocket.state::<Auth>().expect("the fairing has run");
    let verified = auth.verify(token).await;
    let report = Auth::check(rocket, Some(token)).await;
    let verdict = &json(&report)["token"];
    let levels: Vec<_> = findings(&report, "Token")
        .iter()
        .map(|finding| finding["level"].as_str().expect("it is a level").to_owned())
        .collect();
    let passed = levels.iter().take_while(|level| *level == "ok").count();
    match verified {
        Ok(_) => {
            assert_eq!(verdict["accepted"], true, "{report}");
            assert_eq!(passed, levels.len(), "{report}");
            assert!(report.is_ok(), "{report}");
        }
        Err(error) => {
            assert_eq!(verdict["accepted"], false, "{report}");
            assert_eq!(verdict["status"], error.status().code, "{report}");
            assert_eq!(verdict["code"], error.code(), "{report}");
            assert_eq!(verdict["description"], *error.description(), "{report}");
            assert!(
                matches!(&*levels[passed], "problem" | "warning"),
                "{report}"
            );
            assert!(
                levels[passed + 1..].iter().all(|level| level == "skipped"),
                "{report}"
            );
            assert_eq!(report.is_ok(), levels[passed] == "warning", "{report}");
        }
    }
    report
}

/// The check that failed.
fn failed(report: &CheckReport) -> Value {
    let findings = findings(report, "Token");
    let mut failed = findings.iter().filter(|one| one["level"] == "problem");
    failed.next().expect("a check failed").clone()
}

#[tokio::test]
async fn each_refusal_names_its_check_and_what_to_change() {
    let issuer = issuer().await;
    let rocket = app(trusting(&issuer)).await;
    let token = || issuer.token();
    for (token, check) in [
        ("x".to_owned(), "shape"),
        (token().header("typ", "logout+jwt").mint(), "header"),
        (token().header("alg", "none").mint(), "algorithm"),
        (token().header("alg", "RS512").mint(), "algorithm"),
        (token().unknown_key().mint(), "key"),
        (token().other_key().mint(), "signature"),
        (token().tampered().mint(), "signature"),
        (token().expired().mint(), "expiry (exp)"),
        (token().without_claim("exp").mint(), "expiry (exp)"),
        (token().not_yet_valid().mint(), "not before (nbf)"),
        (token().claim("events", json!({})).mint(), "kind of token"),
        (token().other_issuer().mint(), "issuer (iss)"),
        (token().other_audience().mint(), "audience (aud)"),
        (token().without_claim("aud").mint(), "audience (aud)"),
        (token().claim("cnf", 1).mint(), "other claims"),
        (
            token()
                .claim(
                    "cnf",
                    json!({ "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }),
                )
                .mint(),
            "binding to a key",
        ),
    ] {
        let report = expect_agreement(&rocket, &token).await;
        let failed = failed(&report);
        assert_eq!(failed["subject"], check, "{report}");
        assert!(failed["fix"].is_string(), "{report}");
    }
}

#[tokio::test]
async fn a_failed_check_shows_what_was_expected() {
    let issuer = issuer().await;
    let rocket = app(trusting(&issuer)).await;
    let token = issuer.token().audience("https://other.test").mint();
    let failed = failed(&expect_agreement(&rocket, &token).await);
    assert_eq!(failed["expected"], "\"https://api.test\"");
    assert!(
        failed["found"]
            .as_str()
            .unwrap()
            .contains("\"https://other.test\"")
    );
}

#[tokio::test]
async fn the_report_on_a_good_token_lists_the_routes_that_it_may_call() {
    let issuer = issuer().await;
    let rocket = app(trusting(&issuer)).await;
    let token = issuer.token().subject("ann").scope("other").mint();
    let report = expect_agreement(&rocket, &token).await;
    let title = "What the token may do";
    let found = |route: &str| {
        finding(&report, title, route)["found"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(found("GET /plain"), "allowed");
    assert_eq!(
        found("GET /scoped"),
        "refused by requires_scope(\"read:messages\"); its scopes: \"other\""
    );
    assert!(found("GET /users/<user>").starts_with("it depends on the request: "));
    assert!(found("GET /rule").starts_with("it depends on the request: "));
    assert_eq!(findings(&report, title).len(), 4);
}

#[tokio::test]
async fn neither_the_token_nor_its_subject_nor_a_secret_is_shown() {
    let issuer = issuer().await;
    let auth = trusting(&issuer)
        .dpop(BindingMode::Allow)
        .public_url("https://api.test")
        .dpop_nonce(true)
        .dpop_nonce_key("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    let rocket = app(auth).await;
    for token in [
        issuer.token().subject("auth0|someone").mint(),
        issuer.token().subject("auth0|someone").tampered().mint(),
        issuer
            .token()
            .subject("auth0|someone")
            .other_audience()
            .mint(),
    ] {
        let report = expect_agreement(&rocket, &token).await;
        let shown = format!("{report}{}", json(&report));
        for part in token.split('.') {
            assert!(!shown.contains(part), "{shown}");
        }
        assert!(!shown.contains("someone"), "{shown}");
        assert!(!shown.contains("MDEyMzQ1"), "{shown}");
    }
}

#[tokio::test]
async fn a_bound_token_lacks_only_its_proof() {
    let issuer = issuer().await;
    let auth = trusting(&issuer)
        .dpop(BindingMode::Allow)
        .public_url("https://api.test");
    let rocket = app(auth).await;
    let thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    let token = issuer
        .token()
        .claim("cnf", json!({ "jkt": thumbprint }))
        .mint();
    let report = expect_agreement(&rocket, &token).await;
    assert!(report.is_ok(), "{report}");
    let title = "What the token may do with a proof of its key";
    assert_eq!(finding(&report, title, "GET /plain")["found"], "allowed");
}

#[tokio::test]
async fn with_several_issuers_the_issuer_is_checked_before_the_key() {
    let (one, other, stranger) = (issuer().await, issuer().await, issuer().await);
    let auth = Auth::builder()
        .issuers([one.url(), other.url()].map(auth_runtime::TrustedIssuer::new))
        .audience("https://api.test");
    let rocket = app(auth).await;
    for issuer in [&one, &other] {
        expect_agreement(&rocket, &issuer.token().mint()).await;
        expect_agreement(&rocket, &issuer.token().expired().mint()).await;
        expect_agreement(&rocket, &issuer.token().tampered().mint()).await;
    }
    let report = expect_agreement(&rocket, &stranger.token().mint()).await;
    assert_eq!(failed(&report)["subject"], "issuer (iss)");
    assert!(
        failed(&report)["expected"]
            .as_str()
            .unwrap()
            .contains(other.url())
    );
}

#[tokio::test]
async fn with_a_shared_secret_refusals_have_their_own_codes() {
    let secret = "0123456789abcdef0123456789abcdef";
    let auth = Auth::builder().secret(secret).audience("https://api.test");
    let rocket = app(auth).await;
    let issuer = issuer().await;
    for token in [
        issuer.token().mint(),
        "x.y.z".to_owned(),
        "eyJhbGciOiJIUzI1NiJ9.e30.AA".to_owned(),
    ] {
        let report = expect_agreement(&rocket, &token).await;
        assert!(!format!("{report}{}", json(&report)).contains(secret));
    }
}

#[tokio::test]
async fn the_report_introspects_an_opaque_token() {
    let server = IntrospectionServer::start(Says::Json(json!({ "active": false }))).await;
    let auth = Auth::builder()
        .issuer("https://issuer.test/")
        .audience("https://api.test")
        .introspection_endpoint(server.uri())
        .client_id("api")
        .client_secret("a secret of the client");
    let rocket = app(auth).await;
    let asked = server.count();
    let report = Auth::check(&rocket, Some("opaque-0")).await;
    assert_eq!(server.count(), asked + 1, "{report}");
    let report = expect_agreement(&rocket, "opaque-1").await;
    assert_eq!(failed(&report)["subject"], "introspection");
    assert!(
        failed(&report)["found"]
            .as_str()
            .unwrap()
            .contains(&server.uri())
    );
    assert!(!format!("{report}{}", json(&report)).contains("a secret of the client"));

    server.say(Says::Json(
        json!({ "active": true, "aud": "https://api.test", "scope": "read:messages" }),
    ));
    let report = expect_agreement(&rocket, "opaque-2").await;
    assert_eq!(
        finding(&report, "What the token may do", "GET /scoped")["found"],
        "allowed"
    );

    server.say(Says::Json(json!({ "active": true, "aud": "other" })));
    // What the token itself says does not matter, and neither do keys.
    let jwt = issuer().await.token().mint();
    for token in ["opaque-3", &jwt] {
        let report = expect_agreement(&rocket, token).await;
        assert_eq!(failed(&report)["subject"], "audience (aud)");
        let fix = failed(&report)["fix"].clone();
        assert_eq!(fix, r#"the configured audience is "https://api.test""#);
    }

    server.say(Says::Json(json!({ "active": true })));
    let report = expect_agreement(&rocket, "opaque-4").await;
    let fix = failed(&report)["fix"].to_string();
    assert!(fix.contains("introspection_audience"), "{fix}");

    let other = json!({ "active": true, "iss": "https://other.test/", "aud": "https://api.test" });
    server.say(Says::Json(other));
    let report = expect_agreement(&rocket, &issuer().await.token().mint()).await;
    let fix = failed(&report)["fix"].to_string();
    assert!(fix.contains("https://issuer.test/"), "{fix}");

    server.say(Says::Status(500));
    let report = expect_agreement(&rocket, "opaque-5").await;
    let fix = failed(&report)["fix"].to_string();
    assert!(fix.contains("500"), "{fix}");
    server.say(Says::Json(
        json!({ "active": true, "aud": "https://api.test" }),
    ));

    let report = expect_agreement(&rocket, "not a b64token").await;
    assert_eq!(failed(&report)["subject"], "shape");
}

#[test]
fn the_verdict_on_any_token_is_that_of_verify() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let (rocket, tokens, _issuer) = runtime.block_on(async {
        let issuer = issuer().await;
        let rocket = app(trusting(&issuer)).await;
        let token = || issuer.token();
        let tokens = [
            token().mint(),
            token().expired().mint(),
            token().other_audience().mint(),
            token().header("typ", "at+jwt").mint(),
        ];
        (rocket, tokens, issuer)
    });
    let codes = RefCell::new(HashSet::new());
    proptest!(ProptestConfig::with_cases(48), |(
        token in 0..tokens.len(),
        changes in prop::collection::vec((any::<Index>(), "[-A-Za-z0-9_.=]?"), 0..3),
    )| {
        let mut token: Vec<String> = tokens[token].chars().map(String::from).collect();
        for (place, text) in changes {
            let place = place.index(token.len());
            token[place] = text;
        }
        let report = runtime.block_on(expect_agreement(&rocket, &token.concat()));
        codes.borrow_mut().insert(json(&report)["token"]["code"].to_string());
    });
    let codes = codes.into_inner();
    assert!(codes.len() > 2, "{codes:?}");
}

#[tokio::test]
async fn of_a_token_that_cannot_be_read_nothing_is_said_to_be_missing() {
    let issuer = issuer().await;
    let rocket = app(trusting(&issuer)).await;
    let report = Auth::check(&rocket, Some("opaque")).await;
    let fix = failed(&report)["fix"].to_string();
    assert!(fix.contains("introspection_endpoint"), "{fix}");
    for subject in ["header", "algorithm", "key", "issuer (iss)", "expiry (exp)"] {
        let finding = finding(&report, "Token", subject);
        assert_eq!(finding["level"], "skipped");
        assert!(finding.get("found").is_none(), "{finding}");
    }
}
