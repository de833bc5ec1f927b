//! Tests that the log has the precise reason for a refusal, and never a token.

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::testing::DpopKey;

use crate::support::*;

/// Starts a seed app that logs at this level, and the issuer that it trusts.
async fn start(level: &str) -> (SeedProcess, LocalIssuer) {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let keys = format!(
        r#"{{issuer="{}",audience="https://api.test"}}"#,
        issuer.url()
    );
    let variables = [("ROCKET_AUTH", &*keys), ("ROCKET_LOG_LEVEL", level)];
    (SeedProcess::start(&variables, &[]), issuer)
}

async fn call(app: &SeedProcess, path: &str, authorization: &str) -> u16 {
    let client = http_client();
    let request = client.get(format!("{}{path}", app.url().await));
    let request = request.header("Authorization", authorization);
    match request.send().await {
        Ok(reply) => reply.status().as_u16(),
        Err(error) => panic!(
            "{path}: {error:?}, and the app said:\n{}",
            app.output_so_far()
        ),
    }
}

/// Returns the log without the complete requests that Rocket itself logs at level `debug`.
pub(crate) fn without_rockets_dumps(output: &str) -> String {
    let mut kept = String::new();
    let mut rest = output;
    while let Some((before, dump)) = rest.split_once("received request: Request {\n") {
        kept.push_str(before);
        rest = dump.split_once("\n}\n").map_or("", |(_, after)| after);
    }
    kept + rest
}

#[tokio::test]
async fn tokens_are_never_logged() {
    for level in ["normal", "debug"] {
        logs_no_token_at(level).await;
    }
}

async fn logs_no_token_at(level: &str) {
    let (app, issuer) = start(level).await;
    let token = || issuer.token().subject("auth0|someone-private");
    let good = token().scope("read:messages").mint();
    let Parts {
        header,
        payload,
        signature,
    } = Parts::parse(&good);
    let tokens = [
        good.clone(),
        token().expired().mint(),
        token().other_audience().mint(),
        token().other_issuer().mint(),
        token().other_key().mint(),
        token().unknown_key().mint(),
        token().tampered().mint(),
        token().not_yet_valid().mint(),
        token().without_claim("exp").mint(),
        token().header("alg", "none").mint(),
        token().header("typ", "logout+jwt").mint(),
        token().header("crit", vec!["exp"]).mint(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}.{signature}="),
        format!("{header}.{payload}.{signature}.{signature}"),
        format!("{payload}.{signature}.{header}"),
        "some-opaque-token-of-another-kind".to_owned(),
    ];
    let mut headers = Vec::new();
    for token in &tokens {
        headers.push(format!("Bearer {token}"));
        headers.push(format!("Token {token}"));
        headers.push(format!("Bearer{token}"));
        headers.push(format!("Bearer {token} {token}"));
        headers.push(token.clone());
    }
    for authorization in &headers {
        for path in ["/api/me", "/api/private-scoped", "/ping", "/nothing"] {
            call(&app, path, authorization).await;
        }
    }
    let output = without_rockets_dumps(&app.stop().await);
    assert!(
        output.contains("/api/private-scoped"),
        "requests are logged:\n{output}"
    );
    assert!(!output.contains("someone-private"), "{output}");
    let parts = tokens
        .iter()
        .flat_map(|token| token.split('.'))
        .filter(|part| part.len() > 20);
    for part in parts {
        assert!(!output.contains(part), "{part} is in the log:\n{output}");
    }
}

#[tokio::test]
async fn the_log_has_the_reason_that_the_reply_omits() {
    let (app, issuer) = start("normal").await;
    let tokens = [
        (issuer.token().expired(), "expired"),
        (
            issuer.token().other_issuer(),
            "https://another-issuer.invalid/",
        ),
        (
            issuer.token().other_audience(),
            "https://another-api.invalid",
        ),
        (issuer.token().not_yet_valid(), "nbf"),
        (issuer.token().other_key(), "signature"),
        (issuer.token().header("kid", "unknown-kid"), "unknown-kid"),
        (issuer.token().header("alg", "HS256"), "HS256"),
        (issuer.token(), "requires_scope(\"read:messages\")"),
    ];
    for (token, expected) in tokens {
        let authorization = format!("Bearer {}", token.mint());
        let status = call(&app, "/api/private-scoped", &authorization).await;
        assert!([401, 403].contains(&status));
        app.output_with(expected).await;
    }
}

#[tokio::test]
async fn the_log_says_why_keys_are_unavailable() {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let down = || Answer::status("500 Internal Server Error");
    let server = FaultServer::up(down());
    let keys = format!(
        r#"{{issuer="{}",audience="https://api.test",jwks_uri="{}",jwks_cooldown=1}}"#,
        issuer.url(),
        server.uri()
    );
    let variables = [("ROCKET_AUTH", &*keys), ("ROCKET_LOG_LEVEL", "normal")];
    let app = SeedProcess::start(&variables, &[]);
    let good = format!("Bearer {}", issuer.token().mint());
    let unknown = format!("Bearer {}", issuer.token().header("kid", "other").mint());

    assert_eq!(call(&app, "/api/private", &good).await, 503);
    let not_fetched = "token refused: no keys have been fetched from the issuer yet";
    app.output_with(not_fetched).await;

    server.keys(Answer::keys(issuer.jwks()));
    let path = "/api/private";
    eventually("keys are fetched", || async {
        call(&app, path, &good).await == 200
    })
    .await;
    server.keys(down());
    eventually("the key set cannot be fetched again", || async {
        call(&app, path, &unknown).await == 503
    })
    .await;
    app.output_with(
        "token refused: none of the known keys fits, and the keys of the issuer cannot be fetched again \
         yet; the token's `kid` is \"other\"",
    )
    .await;
    let output = app.stop().await;
    let (_, since_keys_are_known) = output.rsplit_once("200 OK").unwrap();
    assert!(!since_keys_are_known.contains(not_fetched), "{output}");
}

/// The suite and the seed app that it starts are debug builds.
#[tokio::test]
async fn debug_builds_log_hints_at_the_cause_of_a_refusal() {
    let (app, issuer) = start("normal").await;
    let token = || issuer.token();
    let without_slash = issuer.url().trim_end_matches('/').to_owned();
    let three_minutes_ago = now() - 180;
    let tokens = [
        (
            token().claim("iss", without_slash).mint(),
            "the configured issuer ends with a slash, the one in the token does not",
        ),
        (
            token().claim("aud", "https://api.test/").mint(),
            "the audience in the token ends with a slash, the configured one does not",
        ),
        (
            token().claim("aud", "client").claim("nonce", "n").mint(),
            "looks like an ID token",
        ),
        (
            token().claim("exp", three_minutes_ago).mint(),
            "it expired 3 min ago: is the clock right?",
        ),
        (
            token().claim("nbf", now() + 100).mint(),
            "s: is the clock right?",
        ),
        (token().header("kid", "other").mint(), "the known keys are"),
        (
            token().other_issuer().header("kid", "other").mint(),
            "the token calls \"https://another-issuer.invalid/\" its issuer",
        ),
        (
            token().header("alg", "HS256").mint(),
            "HMAC is for a shared secret",
        ),
        ("opaque".to_owned(), "names no `audience`"),
        (
            format!("\"{}\"", token().mint()),
            "it is in quotes: send it without them",
        ),
        (
            "$TOKEN".to_owned(),
            "it contains '$', which no token contains",
        ),
        (
            token()
                .scope("a b")
                .claim("permissions", vec!["read:messages"])
                .mint(),
            "its scopes: \"a\", \"b\"; \"read:messages\" is among its permissions",
        ),
    ];
    for (token, expected) in tokens {
        let status = call(&app, "/api/private-scoped", &format!("Bearer {token}")).await;
        assert!([401, 403].contains(&status));
        app.output_with(expected).await;
    }
}

#[tokio::test]
async fn a_token_cannot_write_lines_into_the_log() {
    let (app, issuer) = start("normal").await;
    let forged = "x\n>> forged line\r\n\u{1b}[31m\u{2028}";
    let tokens = [
        issuer.token().header("kid", forged),
        issuer.token().header("alg", forged),
        issuer.token().header("typ", forged),
        issuer.token().claim("iss", forged),
        issuer.token().claim("aud", forged),
        issuer.token().claim("aud", vec![forged]),
    ];
    for token in tokens {
        call(&app, "/api/private", &format!("Bearer {}", token.mint())).await;
    }
    let output = app.stop().await;
    assert!(!output.contains('\u{1b}'), "{output}");
    assert!(
        !output.lines().any(|line| line.starts_with(">> forged")),
        "{output}"
    );
}

#[tokio::test]
async fn long_values_of_a_token_are_cut_in_the_log() {
    let (app, issuer) = start("normal").await;
    let long = "x".repeat(5000);
    for name in ["kid", "alg", "typ"] {
        let token = issuer.token().header(name, &*long).mint();
        call(&app, "/api/private", &format!("Bearer {token}")).await;
    }
    for name in ["iss", "aud"] {
        let token = issuer.token().claim(name, &*long).mint();
        call(&app, "/api/private", &format!("Bearer {token}")).await;
    }
    let output = app.stop().await;
    assert!(
        output.contains("xxxx") && !output.contains(&"x".repeat(300)),
        "{output}"
    );
}

#[tokio::test]
async fn an_outage_of_the_store_is_one_error_however_many_requests_need_it() {
    let mut redis = RedisServer::down(&[]);
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let url = "https://api.example.com";
    let keys = format!(
        r#"{{issuer="{}",audience="https://api.test",public_url="{url}",dpop="allow",store="{}"}}"#,
        issuer.url(),
        redis.url()
    );
    let app = SeedProcess::start(&[("ROCKET_AUTH", &*keys)], &[]);
    let address = app.url().await;
    let (client, key) = (http_client(), DpopKey::generate());
    let token = issuer.token().bound_to(&key).mint();
    let send = async || {
        let proof = key.proof("GET", &format!("{url}/api/private"), &token);
        let request = client.get(format!("{address}/api/private"));
        let request = request.header("Authorization", format!("DPoP {token}"));
        let reply = request.header("DPoP", proof.sign()).send().await.unwrap();
        reply.status().as_u16()
    };
    let output_of_outages = async |outages: usize| {
        let refusals = || {
            let output = app.output_so_far();
            output.matches("token refused: the store of used").count()
        };
        let before = refusals();
        for _ in 0..4 {
            assert_eq!(send().await, 503);
        }
        eventually("the log is written", || async { refusals() == before + 4 }).await;
        let output = app.output_so_far();
        assert_eq!(
            output.matches("the store fails").count(),
            outages,
            "{output}"
        );
        assert!(!output.contains(&token), "{output}");
    };
    output_of_outages(1).await;
    if !redis.start().await {
        return;
    }
    eventually("the store serves", || async { send().await == 200 }).await;
    app.output_with("the store answers again").await;
    redis.kill().await;
    output_of_outages(2).await;
}
