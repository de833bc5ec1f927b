//! Only a browser on this machine sees the console, only in a debug build and profile, and no other site
//! can use it. Everything else is 404.

use std::net::UdpSocket;

use auth_runtime::issuer::LocalIssuer;
use reqwest::Method;
use rocket::figment::Figment;
use serde_json::json;

use super::{console, post};
use crate::support::*;

/// What the seed app serves of the console: the page, files of the page, and data.
const PATHS: [&str; 6] = [
    "/",
    "/_auth",
    "/_auth/",
    "/_auth/app.js",
    "/_auth/theme.css",
    "/_auth/overview",
];

/// Sends `GET` to each path with these headers, and expects 404.
async fn expect_none(app: &App, paths: &[&str], headers: &[(&str, &str)]) {
    for path in paths {
        let reply = send(app, Method::GET, path, headers).await;
        assert_eq!(reply.status, 404, "{path} with {headers:?}: {reply:?}");
        expect_as_elsewhere(app, Method::GET, headers, &reply).await;
    }
}

async fn send(app: &App, method: Method, path: &str, headers: &[(&str, &str)]) -> Reply {
    let call = app.request(method, path);
    let call = headers
        .iter()
        .fold(call, |call, (name, value)| call.header(name, value));
    call.send().await
}

/// Expects the reply that a path gets at which there is nothing: the application has no console for
/// this request.
async fn expect_as_elsewhere(app: &App, method: Method, headers: &[(&str, &str)], reply: &Reply) {
    let other = send(app, method, "/nothing/is/here", headers).await;
    let parts = |reply: &Reply| {
        let headers = reply.headers.iter().map(|(name, value)| {
            // The seed app lists the same names in any order.
            let mut value: Vec<_> = value
                .to_str()
                .unwrap()
                .split(", ")
                .map(str::to_owned)
                .collect();
            value.sort_unstable();
            (name.to_string(), value)
        });
        let mut headers: Vec<_> = headers.filter(|(name, _)| name != "date").collect();
        headers.sort_unstable();
        (reply.status, headers, reply.body.clone())
    };
    assert_eq!(parts(reply), parts(&other), "{headers:?}");
}

#[track_caller]
fn expect_no_cors(reply: &Reply) {
    let mut names = reply.headers.keys();
    let has_cors = names.any(|name| name.as_str().starts_with("access-control-"));
    assert!(!has_cors, "{reply:?}");
}

#[tokio::test]
async fn this_machine_gets_the_page_its_files_and_its_data() {
    let seed = console().await;
    let port = seed.app.port();
    for host in [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("[::1]:{port}"),
        "LOCALHOST".to_owned(),
    ] {
        for path in PATHS {
            let reply = seed.app.get(path).header("Host", &host).send().await;
            assert_eq!(reply.status, 200, "{path} at {host}: {reply:?}");
            assert_eq!(reply.header("Cache-Control"), Some("no-store"));
        }
    }
    let types = [
        ("/", "text/html; charset=utf-8"),
        ("/_auth/app.js", "text/javascript"),
        ("/_auth/theme.css", "text/css; charset=utf-8"),
        ("/_auth/icon.svg", "image/svg+xml"),
        ("/_auth/overview", "application/json"),
    ];
    for (path, expected) in types {
        let reply = seed.app.get(path).send().await;
        assert_eq!(reply.header("Content-Type"), Some(expected), "{path}");
    }
    assert_eq!(seed.app.get("/_auth/nothing.js").send().await.status, 404);
}

#[tokio::test]
async fn the_page_runs_only_its_own_files() {
    let seed = console().await;
    for path in PATHS {
        let reply = seed.app.get(path).send().await;
        let policy = reply.header("Content-Security-Policy").unwrap_or_default();
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ] {
            assert!(policy.split("; ").any(|own| own == directive), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(
            reply.header("Cross-Origin-Resource-Policy"),
            Some("same-origin")
        );
        assert_eq!(reply.header("X-Content-Type-Options"), Some("nosniff"));
        assert!(
            !reply.body.contains("http://")
                || reply.body.contains("http://www.w3.org")
                || path.contains("overview")
        );
        assert!(!reply.body.contains("innerHTML"), "{path}");
    }
}

#[tokio::test]
async fn a_host_that_is_not_a_loopback_name_gets_404() {
    let seed = console().await;
    let port = seed.app.port();
    for host in [
        "example.com".to_owned(),
        format!("example.com:{port}"),
        format!("127.0.0.1.nip.io:{port}"),
        format!("localhost.example.com:{port}"),
        format!("0.0.0.0:{port}"),
        format!("192.168.1.2:{port}"),
    ] {
        expect_none(&seed.app, &PATHS, &[("Host", &host)]).await;
    }
    for path in PATHS {
        let reply = seed.app.get_raw(path, &[b"Host: example.com"]).await;
        assert_eq!(reply.status, 404, "{path} with two hosts");
    }
}

#[tokio::test]
async fn a_request_that_a_proxy_forwarded_gets_404() {
    let seed = console().await;
    for header in [
        ("Forwarded", "for=127.0.0.1"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Host", "localhost"),
        ("X-Forwarded-Proto", "https"),
        ("x-forwarded-anything", ""),
        ("X-Real-IP", "127.0.0.1"),
        ("Via", "1.1 proxy"),
    ] {
        expect_none(&seed.app, &PATHS, &[header]).await;
    }
}

#[tokio::test]
async fn another_machine_gets_404() {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    // Nothing is sent: the system only chooses the address from which it would.
    socket.connect("192.0.2.1:9").unwrap();
    let address = socket.local_addr().unwrap().ip();
    assert!(
        !address.is_loopback(),
        "this test needs an address that is not a loopback one"
    );
    let seed = launch(quiet().merge(("address", "0.0.0.0"))).await;
    let port = seed.app.port();
    let client = http_client();
    for (host, expected) in [("127.0.0.1".to_owned(), 200), (address.to_string(), 404)] {
        for path in PATHS {
            let request = client.get(format!("http://{host}:{port}{path}"));
            let reply = request.header("Host", "localhost").send().await.unwrap();
            assert_eq!(reply.status().as_u16(), expected, "{path} from {host}");
        }
    }
}

#[tokio::test]
async fn another_site_can_open_the_page_but_not_use_it() {
    let seed = console().await;
    let data = &PATHS[3..];
    for headers in [
        &[("Sec-Fetch-Site", "cross-site")][..],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Origin", "https://example.com")],
        &[("Origin", "null")],
        &[("Origin", "http://localhost:1")],
        &[
            ("Sec-Fetch-Site", "same-origin"),
            ("Origin", "https://example.com"),
        ],
        &[
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "iframe"),
        ],
    ] {
        expect_none(&seed.app, &PATHS, headers).await;
    }
    let link = [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    ];
    expect_none(&seed.app, data, &link).await;
    for path in &PATHS[..3] {
        let call = seed.app.get(path);
        let call = link
            .iter()
            .fold(call, |call, (name, value)| call.header(name, value));
        assert_eq!(call.send().await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_request_that_changes_something_comes_from_the_page() {
    let seed = console().await;
    let own = format!("http://127.0.0.1:{}", seed.app.port());
    let answer = async |headers: &[(&str, &str)]| {
        let call = seed.app.request(Method::POST, "/_auth/verdicts");
        let call = call.header("Content-Type", "application/json");
        let call = headers
            .iter()
            .fold(call, |call, (name, value)| call.header(name, value));
        let body = json!({ "caller": "anonymous" }).to_string();
        let reply = call.body(body).send().await;
        if reply.status == 200 {
            expect_no_cors(&reply);
        }
        reply.status
    };
    assert_eq!(answer(&[("Origin", &own)]).await, 200);
    assert_eq!(
        answer(&[("Origin", &own), ("Sec-Fetch-Site", "same-origin")]).await,
        200
    );
    for headers in [
        &[("Origin", "https://example.com")][..],
        &[("Origin", "null")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "none")],
        &[("Sec-Fetch-Site", "same-site")],
        &[("X-Forwarded-For", "127.0.0.1")],
        &[("Host", "example.com")],
    ] {
        assert_eq!(answer(headers).await, 404, "{headers:?}");
    }
}

#[tokio::test]
async fn no_reply_of_the_console_can_be_read_by_another_site() {
    let seed = console().await;
    let own = format!("http://127.0.0.1:{}", seed.app.port());
    for path in PATHS {
        let reply = seed.app.get(path).header("Origin", &own).send().await;
        assert_eq!(reply.status, 200);
        expect_no_cors(&reply);
    }
    for origin in ["https://example.com", "null"] {
        expect_none(&seed.app, &PATHS, &[("Origin", origin)]).await;
    }
}

/// The console takes nothing from the replies of the application: another site may call it as before.
#[tokio::test]
async fn a_request_that_is_not_for_the_console_gets_the_cors_headers_of_the_application() {
    let seed = console().await;
    let preflight = [
        ("Origin", "https://example.com"),
        ("Access-Control-Request-Method", "POST"),
    ];
    for path in ["/", "/_auth", "/_auth/token", "/%5fauth/token"] {
        let reply = send(&seed.app, Method::OPTIONS, path, &preflight).await;
        expect_as_elsewhere(&seed.app, Method::OPTIONS, &preflight, &reply).await;
        let post = [("Origin", "https://example.com")];
        let reply = send(&seed.app, Method::POST, path, &post).await;
        assert_eq!(reply.header("Access-Control-Allow-Origin"), Some("*"));
        expect_as_elsewhere(&seed.app, Method::POST, &post, &reply).await;
    }
    // The rest of the seed app is open to other sites.
    let ping = seed
        .app
        .get("/ping")
        .header("Origin", "https://example.com");
    let ping = ping.send().await;
    assert_eq!(ping.header("Access-Control-Allow-Origin"), Some("*"));
}

#[tokio::test]
async fn no_profile_but_debug_has_a_console() {
    for profile in ["release", "default", "staging"] {
        let seed = launch(quiet().select(profile)).await;
        for path in PATHS {
            let reply = seed.app.get(path).send().await;
            assert_eq!(reply.status, 404, "{path} in the profile {profile}");
        }
        let question = json!({ "caller": "anonymous" });
        assert_eq!(post(&seed.app, "verdicts", &question).await.status, 404);
        assert_eq!(seed.app.get("/ping").send().await.status, 200);
    }
}

#[tokio::test]
async fn a_body_that_is_not_a_question_is_refused() {
    let seed = console().await;
    for body in [
        json!(null),
        json!({}),
        json!({ "caller": "somebody" }),
        json!({ "caller": { "user": 1 } }),
        json!({ "caller": "anonymous", "more": 1 }),
        json!({ "caller": { "token": "x".repeat(70_000) } }),
    ] {
        assert_eq!(
            post(&seed.app, "verdicts", &body).await.status,
            422,
            "{body}"
        );
    }
    let call = seed.app.request(Method::POST, "/_auth/verdicts");
    let call = call.header("Content-Type", "text/plain");
    let call = call.body(json!({ "caller": "anonymous" }).to_string());
    assert_eq!(call.send().await.status, 404);
}

#[tokio::test]
async fn without_a_local_issuer_the_console_makes_no_tokens() {
    let seed = console().await;
    let overview = seed.app.get("/_auth/overview").send().await.json();
    assert_eq!(overview["has_local_issuer"], json!(false));
    assert_eq!(overview["users"], json!([]));
    assert_eq!(overview["issuers"], json!([seed.issuer.url()]));
    assert_eq!(post(&seed.app, "token", &json!({})).await.status, 404);
    let question = json!({ "caller": { "user": "ann" } });
    assert_eq!(post(&seed.app, "verdicts", &question).await.status, 404);
}

#[tokio::test]
async fn no_token_that_the_console_gets_is_logged() {
    for level in ["normal", "debug"] {
        let variables = [("ROCKET_LOG_LEVEL", level), ("ROCKET_PROFILE", "debug")];
        let app = SeedProcess::start(&variables, &[]);
        let url = app.url().await;
        let client = http_client();
        let post = async |name: &str, body: String| {
            let request = client.post(format!("{url}/_auth/{name}"));
            let request = request.header("Content-Type", "application/json");
            let reply = request.body(body).send().await.unwrap();
            (reply.status().as_u16(), reply.text().await.unwrap())
        };
        let (status, token) = post("token", "{}".to_owned()).await;
        assert_eq!(status, 200);
        let question = json!({ "caller": { "token": token } }).to_string();
        assert_eq!(post("verdicts", question.clone()).await.0, 200);
        // A body that cannot be read is not quoted.
        assert_eq!(post("verdicts", question.replace('}', "")).await.0, 422);
        assert_eq!(
            post("verdicts", question.replace("caller", "x")).await.0,
            422
        );
        let output = app.stop().await;
        let secret = token.rsplit('.').next().unwrap();
        assert!(output.contains("/_auth/verdicts"), "{output}");
        assert!(!output.contains(secret), "{output}");
    }
}

/// Launches the seed app with this configuration and an issuer of the test.
async fn launch(figment: Figment) -> Seed {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let figment = figment
        .merge(("auth.issuer", issuer.url()))
        .merge(("auth.audience", issuer.audience()));
    let app = App::launch(seed_app::rocket().configure(figment)).await;
    Seed { app, issuer }
}
