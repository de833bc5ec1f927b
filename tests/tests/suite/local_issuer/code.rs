//! The authorization endpoint, its page, and codes with PKCE.

use auth_runtime::issuer::{LocalClient, LocalIssuer, LocalUser};
use serde_json::Value;

use super::{CHALLENGE, REDIRECT_URI, Server, claims_of, exchange_form, expect_error, redirect_of};

fn query(more: &[(&str, &str)]) -> String {
    let usual = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let usual = usual
        .iter()
        .filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    let mut query = url::form_urlencoded::Serializer::new("authorize?".to_owned());
    for (name, value) in usual.chain(more) {
        query.append_pair(name, value);
    }
    query.finish().replace("authorize?&", "authorize?")
}

#[rocket::async_test]
async fn the_page_has_a_button_for_each_user_and_needs_no_script() {
    let users = [
        LocalUser::new("dora").with_name("Dora <Editor>"),
        LocalUser::new("emil"),
    ];
    let server = Server::from_builder(LocalIssuer::builder("api").users(users)).await;
    let page = server
        .get(&query(&[("scope", "a"), ("state", "\"><script>")]))
        .await;
    page.expect_success();
    for part in [
        "<button name=\"user\" value=\"dora\">Dora &lt;Editor&gt;",
        "<button name=\"user\" value=\"emil\">emil",
        "name=\"state\" value=\"&quot;&gt;&lt;script&gt;\"",
    ] {
        assert!(page.body.contains(part), "{part} is not in {}", page.body);
    }
    assert!(!page.body.contains("<script"), "{}", page.body);
    let policy = page.header("Content-Security-Policy").unwrap();
    for part in [
        "default-src 'none'",
        "form-action 'self' http://127.0.0.1:3000;",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
    assert_eq!(page.header("X-Frame-Options"), Some("DENY"));
    assert_eq!(page.header("Access-Control-Allow-Origin"), None);
}

#[rocket::async_test]
async fn a_login_leads_to_tokens_of_the_user() {
    let server = Server::start().await;
    let more = [("nonce", "n"), ("scope", "openid read:messages")];
    let back = redirect_of(&server.authorize("ann", &more).await);
    assert_eq!(back["state"], "s t");
    assert_eq!(back["iss"], server.issuer.url());
    // The query of the redirect URI stays.
    assert_eq!(back["x"], "1");
    let reply = server.exchange(&back["code"]).await;
    reply.expect_success();
    let tokens = reply.json();
    assert_eq!(tokens["token_type"], "Bearer");
    let access = claims_of(tokens["access_token"].as_str().unwrap());
    assert_eq!(access["sub"], "ann");
    assert_eq!(access["client_id"], "app");
    assert_eq!(access["aud"], "https://api.test");
    assert_eq!(access["scope"], tokens["scope"]);
    let id = claims_of(tokens["id_token"].as_str().unwrap());
    for (name, expected) in [
        ("iss", Value::from(server.issuer.url())),
        ("sub", "ann".into()),
        ("aud", "app".into()),
        ("nonce", "n".into()),
        ("sid", access["sid"].clone()),
    ] {
        assert_eq!(id[name], expected, "{name}");
    }
    assert!(
        id["auth_time"].is_u64() && id["at_hash"].is_string(),
        "{id}"
    );
}

#[rocket::async_test]
async fn without_a_good_redirect_uri_nobody_is_redirected() {
    let client = LocalClient::new("web").with_redirect_uris(["https://app.test/callback"]);
    let server = Server::from_builder(LocalIssuer::builder("api").clients([client])).await;
    for more in [
        &[("redirect_uri", "https://evil.test/")][..],
        &[("redirect_uri", "javascript:alert(1)")],
        &[("redirect_uri", "http://127.0.0.1:3000/#x")],
        &[("redirect_uri", "")],
        &[("client_id", "")],
        &[("client_id", "web")],
        &[
            ("client_id", "web"),
            ("redirect_uri", "https://app.test/callback/"),
        ],
        &[("scope", "a"), ("scope", "b")],
    ] {
        for reply in [
            server.get(&query(more)).await,
            server.authorize("ann", more).await,
        ] {
            assert_eq!(reply.status, 400, "{more:?}");
            assert_eq!(reply.header("Location"), None);
            assert!(reply.body.starts_with("<!doctype html>"), "{}", reply.body);
        }
    }
    let more = [
        ("client_id", "web"),
        ("redirect_uri", "https://app.test/callback"),
    ];
    server.get(&query(&more)).await.expect_success();
}

#[rocket::async_test]
async fn other_mistakes_go_back_to_the_client() {
    let server = Server::start().await;
    for (more, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", ""), "invalid_request"),
        (("response_mode", "fragment"), "invalid_request"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("scope", "a\"b"), "invalid_scope"),
        (("request", "x"), "request_not_supported"),
    ] {
        for reply in [
            server.get(&query(&[more])).await,
            server.authorize("ann", &[more]).await,
        ] {
            let back = redirect_of(&reply);
            assert_eq!(back["error"], error, "{more:?}");
            assert_eq!(back["iss"], server.issuer.url());
            assert!(!back.contains_key("code"));
        }
    }
    let back = redirect_of(&server.get(&query(&[("prompt", "none")])).await);
    assert_eq!(back["error"], "login_required");
    let back = redirect_of(&server.authorize("nobody", &[]).await);
    assert_eq!(back["error"], "access_denied");
}

#[rocket::async_test]
async fn a_code_is_for_its_client_its_redirect_uri_and_its_verifier() {
    let server = Server::start().await;
    let code = server.code("ann", &[]).await;
    for (name, value, error) in [
        ("client_id", "other", "invalid_grant"),
        (
            "redirect_uri",
            "http://127.0.0.1:3000/callback",
            "invalid_grant",
        ),
        (
            "code_verifier",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl",
            "invalid_grant",
        ),
        ("code", "code-unknown", "invalid_grant"),
        ("code_verifier", "", "invalid_request"),
        ("redirect_uri", "", "invalid_request"),
        ("code", "", "invalid_request"),
        ("client_id", "", "invalid_request"),
    ] {
        let form = exchange_form(&code).map(|(other, right)| {
            let wrong = other == name;
            (other, if wrong { value } else { right })
        });
        expect_error(&server.token(&form).await, 400, error);
    }
    // None of that has used it up.
    server.exchange(&code).await.expect_success();
}

#[rocket::async_test]
async fn a_code_serves_once_and_its_reuse_ends_the_session() {
    let server = Server::start().await;
    let code = server.code("ann", &[]).await;
    let tokens = server.exchange(&code).await.json();
    let access = tokens["access_token"].as_str().unwrap();
    assert!(server.is_active(access).await);
    expect_error(&server.exchange(&code).await, 400, "invalid_grant");
    assert!(!server.is_active(access).await);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("refresh_token", refresh),
    ];
    expect_error(&server.token(&form).await, 400, "invalid_grant");
}
