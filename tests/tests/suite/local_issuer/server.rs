//! How it is served.

use auth_runtime::issuer::LocalIssuer;
use reqwest::Method;

use super::{Server, claims_of, expect_error};
use crate::log::without_rockets_dumps;
use crate::support::*;

#[rocket::async_test]
async fn a_page_of_any_origin_can_read_tokens_errors_and_metadata() {
    let server = Server::start().await;
    for reply in [
        server.token(&[("grant_type", "client_credentials")]).await,
        server.token(&[("grant_type", "password")]).await,
        server.get(".well-known/jwks.json").await,
        server.get("nowhere").await,
    ] {
        assert_eq!(reply.header("Access-Control-Allow-Origin"), Some("*"));
        assert_eq!(
            reply.header("Access-Control-Expose-Headers"),
            Some("DPoP-Nonce, WWW-Authenticate")
        );
    }
    let url = format!("{}oauth/token", server.issuer.url());
    let preflight = server.http.request(Method::OPTIONS, url);
    let reply = Reply::read(preflight.send().await.unwrap()).await;
    assert_eq!(reply.status, 204);
    assert_eq!(
        reply.header("Access-Control-Allow-Headers"),
        Some("Authorization, Content-Type, DPoP")
    );
    assert_eq!(
        reply.header("Access-Control-Allow-Methods"),
        Some("GET, POST")
    );
}

#[rocket::async_test]
async fn no_spelling_of_the_path_of_a_page_opens_it_to_other_origins() {
    let server = Server::start().await;
    let base = server.issuer.url().trim_end_matches('/');
    for path in [
        "/authorize",
        "/%61uthorize",
        "/authorize/",
        "/device",
        "//device",
        "/dev%69ce//",
        "/end-session/",
        "/end%2Dsession",
    ] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            let request = server.http.request(method.clone(), format!("{base}{path}"));
            let reply = Reply::read(request.send().await.unwrap()).await;
            let mut names = reply.headers.keys();
            let has_cors = names.any(|name| name.as_str().starts_with("access-control-"));
            assert!(!has_cors, "{method} {path}: {reply:?}");
        }
    }
}

#[rocket::async_test]
async fn json_is_taken_like_a_form() {
    let server = Server::start().await;
    let body = r#"{"grant_type": "client_credentials", "expires_in": 60}"#;
    let url = format!("{}oauth/token", server.issuer.url());
    let request = server
        .http
        .post(url)
        .header("Content-Type", "application/json");
    let reply = Reply::read(request.body(body).send().await.unwrap()).await;
    reply.expect_success();
    assert_eq!(reply.json()["expires_in"], 60);
}

#[rocket::async_test]
async fn json_that_a_form_could_not_say_is_refused() {
    let server = Server::start().await;
    let send = async |body: &str| {
        let url = format!("{}oauth/token", server.issuer.url());
        let request = server
            .http
            .post(url)
            .header("Content-Type", "application/json");
        Reply::read(request.body(body.to_owned()).send().await.unwrap()).await
    };
    for body in [
        r#"{"grant_type": "client_credentials", "grant_type": "refresh_token"}"#,
        r#"{"grant_type": "client_credentials", "sub": "ann", "sub": "ben"}"#,
        r#"{"grant_type": "client_credentials", "claims": {"org": 1, "org": 2}}"#,
        r#"{"grant_type": "client_credentials", "scope": ["a", "b"]}"#,
        r#"{"grant_type": null}"#,
        r#"["grant_type"]"#,
        "",
    ] {
        expect_error(&send(body).await, 400, "invalid_request");
    }
    let body = r#"{"grant_type": "client_credentials", "client_id": null, "sub": null}"#;
    let reply = send(body).await;
    reply.expect_success();
    let claims = claims_of(reply.json()["access_token"].as_str().unwrap());
    assert_eq!(claims["client_id"], "local-client");
    assert_eq!(claims["sub"], "local-client@clients");
}

/// A query may have a token in it, and Rocket logs the address of each request.
#[rocket::async_test]
async fn no_query_is_logged() {
    for level in ["normal", "debug"] {
        let variables = [("ROCKET_LOG_LEVEL", level), ("ROCKET_PROFILE", "debug")];
        let app = SeedProcess::start(&variables, &[]);
        let url = issuer_of(&app).await;
        let http = http_client_with(reqwest::redirect::Policy::none());
        for path in [
            "end-session?id_token_hint=secret-1&id_token_hint=secret-2",
            "end-session?id_token_hint=secret-3",
            "authorize?id_token_hint=secret-4",
            "authorize?prompt=none&client_id=app&redirect_uri=http://127.0.0.1/&login_hint=secret-5",
            "device?user_code=secret-6",
            "userinfo?access_token=secret-7",
            "oauth/token?client_secret=secret-8",
            "nowhere?token=secret-9",
        ] {
            http.get(format!("{url}{path}")).send().await.unwrap();
            http.post(format!("{url}{path}")).send().await.unwrap();
        }
        let output = without_rockets_dumps(&app.stop().await);
        assert!(output.contains("/end-session"), "{output}");
        assert!(!output.contains("secret-"), "{output}");
    }
}

#[rocket::async_test]
async fn what_does_not_exist_or_is_too_large_is_an_error_in_json() {
    let server = Server::start().await;
    expect_error(&server.get("nowhere").await, 404, "not_found");
    let large = "x".repeat(65 * 1024);
    let reply = server.token(&[("grant_type", &large)]).await;
    expect_error(&reply, 400, "invalid_request");
}

#[rocket::async_test]
async fn a_taken_port_is_replaced_by_a_free_one() {
    let first = LocalIssuer::start("api").await.unwrap();
    let port = first
        .url()
        .trim_end_matches('/')
        .rsplit(':')
        .next()
        .unwrap();
    let second = LocalIssuer::builder("api").port(port.parse().unwrap());
    let second = second.start().await.unwrap();
    assert_ne!(first.url(), second.url());
}

#[rocket::async_test]
async fn it_stops_with_its_last_handle() {
    let server = Server::start().await;
    let url = server.issuer.url().to_owned();
    let clone = server.issuer.clone();
    drop(server.issuer);
    assert!(server.http.get(&url).send().await.is_ok());
    drop(clone);
    eventually("the server stops", async || {
        server.http.get(&url).send().await.is_err()
    })
    .await;
}

/// The address of the issuer that a seed app has started.
async fn issuer_of(app: &SeedProcess) -> String {
    let before = "The local issuer is at ";
    // The line is complete once the next one begins.
    app.url().await;
    let output = app.output_with(before).await;
    let (_, rest) = output.split_once(before).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}
