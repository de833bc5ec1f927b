//! Tests the routes of the seed app, their answers, and each documented refusal on each protected
//! route.

use reqwest::Method;
use serde_json::json;

use crate::support::*;

/// The scopes that the routes require.
const SCOPES: &str = "read:messages example:scope";

#[tokio::test]
async fn public_routes_do_not_need_a_token() {
    let seed = seed().await;
    let ping = seed.app.get("/ping").send().await;
    ping.expect_success();
    assert_eq!(
        ping.header("Content-Type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(
        ping.body,
        "All good. You don't need to be authenticated to call this"
    );
    let public = seed.app.get("/api/public").send().await;
    public.expect_success();
    assert_eq!(public.header("Content-Type"), Some("application/json"));
    let message = "Hello from a public endpoint! You don't need to be authenticated to see this.";
    assert_eq!(public.json(), json!({ "message": message }));
}

#[tokio::test]
async fn public_routes_ignore_credentials() {
    let seed = seed().await;
    let expired = format!("Bearer {}", seed.token().expired().mint());
    for path in PUBLIC {
        for header in [
            "",
            "Basic dTpw",
            "Bearer",
            "Bearer a b",
            "Bearer x",
            &expired,
        ] {
            let reply = seed
                .app
                .get(path)
                .header("Authorization", header)
                .send()
                .await;
            reply.expect_success();
        }
    }
}

#[tokio::test]
async fn protected_routes_accept_a_token_with_the_scopes() {
    let seed = seed().await;
    let token = seed.token().scope(SCOPES).mint();
    let texts = [
        (
            "/secured/ping",
            "All good. You only get this message if you're authenticated",
        ),
        (
            "/secured/private/ping",
            "All good. You're authenticated and the access token has the appropriate scope",
        ),
    ];
    for (path, text) in texts {
        let reply = seed.app.get_with(path, &token).await;
        reply.expect_success();
        assert_eq!(
            reply.header("Content-Type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(reply.body, text);
    }
    let messages = [
        (
            "/api/private",
            "Hello from a private endpoint! You need to be authenticated to see this.",
        ),
        (
            "/api/private-scoped",
            "Hello from a private endpoint! You need to be authenticated and have a scope of \
             read:messages to see this.",
        ),
    ];
    for (path, message) in messages {
        let reply = seed.app.get_with(path, &token).await;
        reply.expect_success();
        assert_eq!(reply.header("Content-Type"), Some("application/json"));
        assert_eq!(reply.json(), json!({ "message": message }));
    }
}

#[tokio::test]
async fn me_answers_with_the_verified_claims() {
    let seed = seed().await;
    let claims = json!({
        "iss": seed.issuer.url(),
        "aud": [seed.issuer.audience(), "https://another-api.test"],
        "sub": "auth0|é\u{1f980}\"\\",
        "exp": now() + 60,
        "iat": 1.5,
        "scope": "a b",
        "https://api.test/roles": ["admin", { "of": [null, true, -1.25e-3, 18_446_744_073_709_551_615_u64] }],
    });
    let header = json!({ "alg": "RS256", "kid": seed.issuer.kid() });
    let token = seed
        .issuer
        .sign_raw(&header.to_string(), claims.to_string().as_bytes());
    let reply = seed.app.get_with("/api/me", &token).await;
    reply.expect_success();
    assert_eq!(reply.header("Content-Type"), Some("application/json"));
    assert_eq!(reply.json(), claims);
}

#[tokio::test]
async fn a_token_from_the_token_endpoint_is_accepted() {
    let seed = seed().await;
    let form = format!(
        "grant_type=client_credentials&client_id=cli&audience={}&scope=read:messages",
        seed.issuer.audience()
    );
    let request = http_client();
    let reply = request
        .post(format!("{}oauth/token", seed.issuer.url()))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    let granted: serde_json::Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
    assert_eq!(granted["token_type"], "Bearer");
    let token = granted["access_token"].as_str().unwrap();
    seed.app
        .get_with("/api/private-scoped", token)
        .await
        .expect_success();
    let me = seed.app.get_with("/api/me", token).await.json();
    assert_eq!(me["sub"], "cli@clients");
}

#[tokio::test]
async fn each_protected_route_gives_each_documented_refusal() {
    let seed = seed().await;
    let bearer = |token: String| Some(format!("Bearer {token}"));
    let good = || seed.token().scope(SCOPES);
    let cases = [
        (None, AUTHORIZATION_MISSING),
        (Some(String::new()), AUTHORIZATION_MISSING),
        (Some("Basic dTpw".to_owned()), SCHEME_NOT_BEARER),
        (Some("Bearer".to_owned()), TOKEN_MISSING),
        (
            Some(format!("Bearer {} x", good().mint())),
            AUTHORIZATION_MALFORMED,
        ),
        (bearer(good().unknown_key().mint()), UNKNOWN_KEY),
        (bearer(good().expired().mint()), TOKEN_EXPIRED),
        (bearer(good().other_issuer().mint()), INVALID_CLAIMS),
        (bearer(good().other_audience().mint()), INVALID_CLAIMS),
        (bearer(good().not_yet_valid().mint()), INVALID_CLAIMS),
        (bearer(good().without_claim("exp").mint()), INVALID_CLAIMS),
        (bearer("not-a-token".to_owned()), INVALID_TOKEN),
        (bearer(good().other_key().mint()), INVALID_TOKEN),
        (bearer(good().tampered().mint()), INVALID_TOKEN),
        (bearer(good().header("alg", "none").mint()), INVALID_TOKEN),
    ];
    for (path, scope) in PROTECTED {
        for (header, refusal) in &cases {
            let mut call = seed.app.get(path);
            if let Some(header) = header {
                call = call.header("Authorization", header);
            }
            call.send().await.expect(refusal);
        }
        let two_headers = ["Authorization: Bearer a".as_bytes(); 2];
        seed.app
            .get_raw(path, &two_headers)
            .await
            .expect(&AUTHORIZATION_MALFORMED);
        let unscoped = seed.app.get_with(path, &seed.token().mint()).await;
        match scope {
            None => unscoped.expect_success(),
            Some(scope) => unscoped.expect(&forbidden(scope)),
        }
        seed.app
            .get_with(path, &good().mint())
            .await
            .expect_success();
    }
}

#[tokio::test]
async fn without_keys_protected_routes_are_unavailable_and_public_ones_answer() {
    let issuer = FaultServer::up(Answer::status("500 Internal Server Error"));
    let seed = seed_with([("jwks_uri", issuer.uri().into())]).await;
    let token = seed.token().scope(SCOPES).mint();
    for (path, _) in PROTECTED {
        seed.app
            .get_with(path, &token)
            .await
            .expect(&KEYS_UNAVAILABLE);
    }
    for path in PUBLIC {
        seed.app.get_with(path, &token).await.expect_success();
    }
}

#[tokio::test]
async fn malformed_tokens_get_the_configured_status() {
    let seed = seed_with([("malformed_token_status", 400_u32.into())]).await;
    let bad_request = Refusal {
        status: 400,
        ..INVALID_TOKEN
    };
    let malformed = ["not-a-token".to_owned(), seed.token().other_key().mint()];
    for (path, _) in PROTECTED {
        for token in &malformed {
            seed.app.get_with(path, token).await.expect(&bad_request);
        }
        // The other rows of the table do not change.
        seed.app
            .get(path)
            .send()
            .await
            .expect(&AUTHORIZATION_MISSING);
        let unknown = seed.token().unknown_key().mint();
        seed.app.get_with(path, &unknown).await.expect(&UNKNOWN_KEY);
        let expired = seed.token().expired().mint();
        seed.app
            .get_with(path, &expired)
            .await
            .expect(&TOKEN_EXPIRED);
        let other = seed.token().other_audience().mint();
        seed.app
            .get_with(path, &other)
            .await
            .expect(&INVALID_CLAIMS);
    }
}

#[tokio::test]
async fn a_head_request_needs_the_same_token_as_a_get_request() {
    let seed = seed().await;
    for (path, _) in PROTECTED {
        let refused = seed.app.request(Method::HEAD, path).send().await;
        assert_eq!((refused.status, &*refused.body), (401, ""));
        assert_eq!(refused.header("WWW-Authenticate"), Some("Bearer"));
        let token = seed.token().scope(SCOPES).mint();
        seed.app
            .request(Method::HEAD, path)
            .bearer(&token)
            .send()
            .await
            .expect_success();
    }
}

#[tokio::test]
async fn a_token_outside_the_authorization_header_is_ignored() {
    let seed = seed().await;
    let token = seed.token().mint();
    let in_query = seed
        .app
        .get(&format!("/api/private?access_token={token}"))
        .send()
        .await;
    in_query.expect(&AUTHORIZATION_MISSING);
    let call = seed.app.get("/api/private");
    let call = call.header("Cookie", &format!("access_token={token}"));
    let call = call.header("Proxy-Authorization", &format!("Bearer {token}"));
    call.send().await.expect(&AUTHORIZATION_MISSING);
}

#[tokio::test]
async fn an_unknown_path_is_404_with_or_without_a_token() {
    let seed = seed().await;
    let token = seed.token().mint();
    for path in ["/api/nothing", "/api/private/x", "/secured", "/API/PRIVATE"] {
        let status = |reply: Reply| reply.status;
        assert_eq!(status(seed.app.get_with(path, &token).await), 404, "{path}");
        assert_eq!(status(seed.app.get(path).send().await), 404, "{path}");
    }
}

#[tokio::test]
async fn another_spelling_of_a_protected_path_does_not_bypass_its_policy() {
    let seed = seed().await;
    for path in [
        "/api/private/",
        "//api/private",
        "/api//private",
        "/api/%70rivate",
        "/api/private?x",
    ] {
        let reply = seed.app.get(path).send().await;
        assert!([401, 404].contains(&reply.status), "{path}: {reply:?}");
    }
}
